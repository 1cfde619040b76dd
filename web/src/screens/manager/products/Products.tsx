// All products with their price, stock and place on the menu; one is opened to change it.
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { memo, useState } from "react";
import type { Product } from "../../../../../src/modules/inventory/contract.js";
import { other, pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { Chips } from "../parts/Chips.js";
import { More } from "../parts/More.js";
import parts from "../parts/parts.module.css";
import { SearchField } from "../parts/SearchField.js";
import { useFormat } from "../restaurant.js";
import { categoryByProduct, type Category, useSettings } from "../settings.js";
import { manager } from "../words.js";
import { useProducts } from "./list.js";
import { ProductSheet } from "./ProductSheet.js";
import { products } from "./words.js";

const TYPING_MS = 200;
const WHICH = ["exclude", "only"] as const;

export function Products() {
  const t = useWords(products);
  const words = useWords(manager);
  const { unit } = useFormat();
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text, TYPING_MS);
  const [archived, setArchived] = useState<(typeof WHICH)[number]>("exclude");
  const [open, setOpen] = useState<Product | "new">();
  const list = useProducts({ q, archived });
  const { data: settings } = useSettings();
  const homes = categoryByProduct(settings);

  return (
    <section className={parts["page"]} aria-labelledby="products-title">
      <div className={parts["head"]}>
        <h1 id="products-title">{words("manager.products")}</h1>
        <Button size="md" leftSection={<IconPlus size={20} />} onClick={() => setOpen("new")}>
          {t("products.add")}
        </Button>
      </div>
      <div className={parts["tools"]}>
        <SearchField value={text} onChange={setText} />
        <Chips
          label={t("products.which")}
          value={archived}
          options={WHICH.map((value) => ({ value, label: t(`products.${value}`) }))}
          onChange={setArchived}
        />
      </div>
      {list.items.length > 0 && (
        <table className={parts["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("products.name")}</th>
              <th scope="col" data-wide>
                {t("products.sku")}
              </th>
              <th scope="col" data-wide>
                {t("products.category")}
              </th>
              <th scope="col" data-number>
                {t("products.stock")}
              </th>
              <th scope="col" data-number>
                {t("products.price", { unit })}
              </th>
            </tr>
          </thead>
          <tbody>
            {list.items.map((product) => (
              <Row
                key={product.id}
                product={product}
                home={homes.get(product.id)}
                onOpen={setOpen}
              />
            ))}
          </tbody>
        </table>
      )}
      <More list={list} />
      {open !== undefined && (
        <ProductSheet
          key={open === "new" ? "new" : open.id}
          product={open === "new" ? undefined : open}
          onClose={() => setOpen(undefined)}
        />
      )}
    </section>
  );
}

interface RowProps {
  readonly product: Product;
  readonly home: Category | undefined;
  onOpen(this: void, product: Product): void;
}

const Row = memo(function Row({ product, home, onOpen }: RowProps) {
  const t = useWords(products);
  const language = useLanguage();
  const { amount } = useFormat();
  const second = other(product.name, language);
  return (
    <tr>
      <th scope="row">
        <button type="button" className={parts["open"]} onClick={() => onOpen(product)}>
          {pick(product.name, language)}
        </button>
        {second !== undefined && (
          <span className={parts["second"]} lang={language === "my" ? "en" : "my"}>
            {second}
          </span>
        )}
      </th>
      <td data-wide>{product.sku}</td>
      <td data-wide>
        {home ? (
          pick(home.name, language)
        ) : (
          <span className={parts["badge"]}>{t("products.off-menu")}</span>
        )}
      </td>
      <td data-number>
        <Left product={product} />
      </td>
      <td data-number>
        <b>{amount(product.price)}</b>
      </td>
    </tr>
  );
});

/** How many can be sold; few and none say so in words too. */
function Left({ product: { stock, lowStockAt } }: { readonly product: Product }) {
  const t = useWords(products);
  const { count } = useFormat();
  if (!stock) return t("products.uncounted");
  const left = stock.available;
  const low = lowStockAt !== null && left <= lowStockAt;
  if (left > 0 && !low) return count(left);
  return (
    <span className={parts["badge"]} data-tone={left === 0 ? "danger" : "warn"}>
      {left === 0 ? t("products.sold-out") : t("products.low", { count: count(left) })}
    </span>
  );
}
