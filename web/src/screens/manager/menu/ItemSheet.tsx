// One dish on the menu: its category, and the groups of choices that it comes with.
import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, queries } from "../../../api/client.js";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { useSay } from "../parts/action.js";
import parts from "../parts/parts.module.css";
import { Sheet } from "../parts/Sheet.js";
import { SheetFoot } from "../parts/SheetFoot.js";
import { categoryByProduct, type Settings } from "../settings.js";
import { manager } from "../words.js";
import { useEdit } from "./edit.js";
import { menuWords } from "./words.js";

interface ItemSheetProps {
  readonly productId: string;
  readonly settings: Settings;
  onClose(this: void): void;
}

export function ItemSheet({ productId, settings, onClose }: ItemSheetProps) {
  const t = useWords(menuWords);
  const words = useWords(manager);
  const language = useLanguage();
  const say = useSay();
  const { data: product } = useQuery(
    queries.inventory.products.get.queryOptions({ input: { id: productId } }),
  );
  const home = categoryByProduct(settings).get(productId);
  const item = home?.items.find((one) => one.productId === productId);
  const [category, setCategory] = useState(home?.code ?? "");
  const [chosen, setChosen] = useState<readonly string[]>(item?.modifierGroups ?? []);
  const { busy, problem, edit } = useEdit((now) => {
    const fresh = categoryByProduct(now).get(productId);
    if (!fresh) return "gone";
    const same = fresh.items.find((one) => one.productId === productId);
    setCategory(fresh.code);
    setChosen(same?.modifierGroups ?? []);
    return undefined;
  }, onClose);
  const name = product ? pick(product.name, language) : "–";

  const save = async () => {
    // In the order of the groups, so that all dishes ask in the same order.
    const groups = settings.modifierGroups.filter(({ code }) => chosen.includes(code));
    const saved = await edit((version) =>
      api.restaurant.edit.menuItem({
        productId,
        version,
        modifierGroups: groups.map(({ code }) => code),
        ...(category !== home?.code && { category }),
      }),
    );
    if (saved) {
      say(words("manager.saved"));
      onClose();
    }
  };
  const remove = async () => {
    const gone = await edit((version) =>
      api.restaurant.edit.removeMenuItem({ params: { productId }, query: { version } }),
    );
    if (gone) {
      say(t("menu.taken-off", { name }));
      onClose();
    }
  };

  return (
    <Sheet title={name} onClose={onClose}>
      <form
        className={parts["form"]}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <NativeSelect
          size="md"
          label={t("menu.category")}
          value={category}
          data={settings.categories.map(({ code, name: title }) => ({
            value: code,
            label: pick(title, language),
          }))}
          onChange={(event) => setCategory(event.currentTarget.value)}
        />
        <fieldset>
          <legend>{t("menu.choices")}</legend>
          {settings.modifierGroups.length === 0 && (
            <p className={parts["note"]}>{t("menu.no-groups")}</p>
          )}
          {settings.modifierGroups.map((group) => (
            <Checkbox
              key={group.code}
              size="md"
              label={pick(group.name, language)}
              description={group.modifiers
                .map((modifier) => pick(modifier.name, language))
                .join(", ")}
              checked={chosen.includes(group.code)}
              onChange={({ currentTarget }) =>
                setChosen(
                  currentTarget.checked
                    ? [...chosen, group.code]
                    : chosen.filter((code) => code !== group.code),
                )
              }
            />
          ))}
        </fieldset>
        <SheetFoot problem={problem} busy={busy} onCancel={onClose}>
          <Button
            variant="light"
            color="chilli"
            size="md"
            loading={busy}
            onClick={() => void remove()}
          >
            {t("menu.take-off")}
          </Button>
        </SheetFoot>
      </form>
    </Sheet>
  );
}
