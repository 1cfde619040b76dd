// The categories side by side; the dishes of the chosen one in their order, each with what is left.
import { Button } from "@mantine/core";
import { IconPencil, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, queries } from "../../../api/client.js";
import { problemOf } from "../../../api/problem.js";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { Chips } from "../parts/Chips.js";
import { Fault } from "../parts/Fault.js";
import parts from "../parts/parts.module.css";
import { Sheet } from "../parts/Sheet.js";
import { useFormat } from "../restaurant.js";
import type { Category, Settings } from "../settings.js";
import { StockSheet } from "../stock/StockSheet.js";
import { AddDish } from "./AddDish.js";
import { CategorySheet } from "./CategorySheet.js";
import { ItemSheet } from "./ItemSheet.js";
import { ItemRow } from "./ItemRow.js";
import { useEdit } from "./edit.js";
import { useServed } from "./served.js";
import { menuWords } from "./words.js";

type Open =
  | { readonly kind: "new-category" }
  | { readonly kind: "category" | "add-dish"; readonly category: Category }
  | { readonly kind: "item" | "stock"; readonly productId: string };

export function Categories({ settings }: { readonly settings: Settings }) {
  const t = useWords(menuWords);
  const language = useLanguage();
  const [code, setCode] = useState<string>();
  const [open, setOpen] = useState<Open>();
  const { categories } = settings;
  const current = categories.find((category) => category.code === code) ?? categories[0];
  const close = () => setOpen(undefined);
  // A dialog stays with the category that it was opened for, also when somebody removes that one meanwhile.
  const asNow = (opened: Category) => categories.find((one) => one.code === opened.code) ?? opened;

  return (
    <>
      <div className={parts["head"]}>
        <Chips
          label={t("menu.categories")}
          value={current?.code}
          options={categories.map((category) => ({
            value: category.code,
            label: pick(category.name, language),
          }))}
          onChange={setCode}
        />
        <Button
          variant="subtle"
          size="md"
          leftSection={<IconPlus size={18} />}
          onClick={() => setOpen({ kind: "new-category" })}
        >
          {t("menu.add-category")}
        </Button>
      </div>
      {current ? (
        <Dishes key={current.code} category={current} settings={settings} onOpen={setOpen} />
      ) : (
        <p className={parts["note"]}>{t("menu.no-categories")}</p>
      )}
      {open?.kind === "new-category" && (
        <CategorySheet category={undefined} settings={settings} onDone={setCode} onClose={close} />
      )}
      {open?.kind === "category" && (
        <CategorySheet
          category={asNow(open.category)}
          settings={settings}
          onDone={setCode}
          onClose={close}
        />
      )}
      {open?.kind === "add-dish" && (
        <AddDish category={asNow(open.category)} settings={settings} onClose={close} />
      )}
      {open?.kind === "item" && (
        <ItemSheet productId={open.productId} settings={settings} onClose={close} />
      )}
      {open?.kind === "stock" && <StockOf productId={open.productId} onClose={close} />}
    </>
  );
}

interface DishesProps {
  readonly category: Category;
  readonly settings: Settings;
  onOpen(this: void, open: Open): void;
}

function Dishes({ category, settings, onOpen }: DishesProps) {
  const t = useWords(menuWords);
  const { unit } = useFormat();
  const served = useServed();
  const { problem, edit } = useEdit();
  // One at a time; a button that is turned off meanwhile would lose the focus, and who has only keys their place.
  const move = (productId: string, position: number) =>
    void edit((version) => api.restaurant.edit.menuItem({ productId, position, version }));

  return (
    <>
      <div className={parts["head"]}>
        <p className={parts["note"]} data-first>
          {t("menu.cooked-at", { station: category.station })}
        </p>
        <Button
          variant="default"
          size="md"
          leftSection={<IconPencil size={18} />}
          onClick={() => onOpen({ kind: "category", category })}
        >
          {t("menu.edit-category")}
        </Button>
        <Button
          size="md"
          leftSection={<IconPlus size={18} />}
          onClick={() => onOpen({ kind: "add-dish", category })}
        >
          {t("menu.add-dish")}
        </Button>
      </div>
      <Fault problem={problem} />
      {category.items.length > 0 && (
        <table className={parts["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("menu.dish")}</th>
              <th scope="col" data-wide>
                {t("menu.choices")}
              </th>
              <th scope="col" data-wide data-number>
                {t("menu.price", { unit })}
              </th>
              <th scope="col">{t("menu.available")}</th>
              <th scope="col" data-number>
                {t("menu.order")}
              </th>
            </tr>
          </thead>
          <tbody>
            {category.items.map((item, index) => (
              <ItemRow
                key={item.productId}
                item={item}
                served={served?.get(item.productId)}
                isKnown={served !== undefined}
                groups={settings.modifierGroups}
                onOpen={() => onOpen({ kind: "item", productId: item.productId })}
                onStock={() => onOpen({ kind: "stock", productId: item.productId })}
                position={index}
                last={category.items.length - 1}
                onMove={(position) => move(item.productId, position)}
              />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function StockOf({
  productId,
  onClose,
}: {
  readonly productId: string;
  onClose(this: void): void;
}) {
  const t = useWords(menuWords);
  const { data, error } = useQuery(
    queries.inventory.products.get.queryOptions({ input: { id: productId } }),
  );
  if (data) return <StockSheet product={data} onClose={onClose} />;
  return (
    error && (
      <Sheet title={t("menu.available")} onClose={onClose}>
        <Fault problem={problemOf(error)} />
      </Sheet>
    )
  );
}
