// Finds a product and puts it into a category; one that stands in another category moves.
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { api } from "../../../api/client.js";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { useSay } from "../parts/action.js";
import { Fault } from "../parts/Fault.js";
import { More } from "../parts/More.js";
import parts from "../parts/parts.module.css";
import { SearchField } from "../parts/SearchField.js";
import { Sheet } from "../parts/Sheet.js";
import { useProducts } from "../products/list.js";
import { type Category, categoryByProduct, type Settings } from "../settings.js";
import { manager } from "../words.js";
import { useEdit } from "./edit.js";
import { menuWords } from "./words.js";

const TYPING_MS = 200;

interface AddDishProps {
  readonly category: Category;
  readonly settings: Settings;
  onClose(this: void): void;
}

export function AddDish({ category, settings, onClose }: AddDishProps) {
  const t = useWords(menuWords);
  const words = useWords(manager);
  const language = useLanguage();
  const say = useSay();
  const { busy, problem, edit } = useEdit();
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text, TYPING_MS);
  const list = useProducts({ q });
  const homes = categoryByProduct(settings);
  const put = async (productId: string) => {
    const placed = await edit((version) =>
      api.restaurant.edit.menuItem({ productId, category: category.code, version }),
    );
    if (placed) say(words("manager.saved"));
  };

  return (
    <Sheet
      title={t("menu.add-dish-to", { category: pick(category.name, language) })}
      onClose={onClose}
    >
      <div className={parts["form"]}>
        <SearchField value={text} onChange={setText} />
        <Fault problem={problem} />
        {list.items.length > 0 && (
          <ul className={parts["list"]}>
            {list.items.map(({ id, name }) => {
              const home = homes.get(id);
              const isHere = home?.code === category.code;
              return (
                <li key={id}>
                  <span>
                    {pick(name, language)}
                    {home && !isHere && (
                      <span className={parts["second"]}>
                        {t("menu.in-category", { category: pick(home.name, language) })}
                      </span>
                    )}
                  </span>
                  {isHere ? (
                    <span className={parts["badge"]} data-tone="good">
                      {t("menu.is-here")}
                    </span>
                  ) : (
                    <Button
                      variant="default"
                      size="md"
                      disabled={busy}
                      aria-label={`${t("menu.put-here")}: ${pick(name, language)}`}
                      onClick={() => void put(id)}
                    >
                      {t("menu.put-here")}
                    </Button>
                  )}
                </li>
              );
            })}
          </ul>
        )}
        <More list={list} />
      </div>
    </Sheet>
  );
}
