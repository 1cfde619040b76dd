// What there is of each product, what runs low, and the sheet in which movements are recorded.
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { memo, useState } from "react";
import type { Product } from "../../../../../src/modules/inventory/contract.js";
import { queries } from "../../../api/client.js";
import { other, pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { Chips } from "../parts/Chips.js";
import { Figures } from "../parts/Figures.js";
import { More } from "../parts/More.js";
import parts from "../parts/parts.module.css";
import { SearchField } from "../parts/SearchField.js";
import { useProducts } from "../products/list.js";
import { useFormat } from "../restaurant.js";
import { manager } from "../words.js";
import { stockState } from "./stock-after.js";
import { StockSheet } from "./StockSheet.js";
import { stockWords } from "./words.js";

const TYPING_MS = 200;
const WHICH = ["all", "low"] as const;
const TONES = { "sold-out": "danger", "is-low": "warn", fine: "good", uncounted: undefined };

export function Stock() {
  const t = useWords(stockWords);
  const words = useWords(manager);
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text, TYPING_MS);
  const [stock, setStock] = useState<(typeof WHICH)[number]>("all");
  const [open, setOpen] = useState<Product>();
  const list = useProducts({ q, stock });
  const shown = useOpened(open, list.items);

  return (
    <section className={parts["page"]} aria-labelledby="stock-title">
      <div className={parts["head"]}>
        <h1 id="stock-title">{words("manager.stock")}</h1>
      </div>
      <Worth />
      <div className={parts["tools"]}>
        <SearchField value={text} onChange={setText} />
        <Chips
          label={t("stock.which")}
          value={stock}
          options={WHICH.map((value) => ({ value, label: t(`stock.${value}`) }))}
          onChange={setStock}
        />
      </div>
      {list.items.length > 0 && (
        <table className={parts["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("stock.product")}</th>
              <th scope="col" data-wide data-number>
                {t("stock.on-hand")}
              </th>
              <th scope="col" data-wide data-number>
                {t("stock.reserved")}
              </th>
              <th scope="col" data-number>
                {t("stock.available")}
              </th>
              <th scope="col" data-wide data-number>
                {t("stock.low-at")}
              </th>
              <th scope="col">{t("stock.state")}</th>
            </tr>
          </thead>
          <tbody>
            {list.items.map((product) => (
              <Row key={product.id} product={product} onOpen={setOpen} />
            ))}
          </tbody>
        </table>
      )}
      {stock === "low" && q === "" && !list.isPending && !list.error && list.items.length === 0 ? (
        <p className={parts["note"]}>{t("stock.nothing-low")}</p>
      ) : (
        <More list={list} />
      )}
      {shown && <StockSheet key={shown.id} product={shown} onClose={() => setOpen(undefined)} />}
    </section>
  );
}

/** The product whose sheet stands open, as it is now. One that is no longer low has left the list, and is asked for by
 *  itself: who does not see what was recorded records it once more. */
function useOpened(open: Product | undefined, listed: readonly Product[]): Product | undefined {
  const found = listed.find(({ id }) => id === open?.id);
  const { data } = useQuery({
    ...queries.inventory.products.get.queryOptions({ input: { id: open?.id ?? "" } }),
    enabled: open !== undefined && !found,
  });
  return found ?? (data?.id === open?.id ? data : undefined) ?? open;
}

/** What all of it would sell for, and how much of it needs somebody. */
function Worth() {
  const t = useWords(stockWords);
  const { money, count } = useFormat();
  const { data } = useQuery(queries.reporting.stock.queryOptions({ input: { low: true } }));
  return (
    <Figures
      figures={[
        { label: t("stock.low-count"), value: data && count(data.low) },
        { label: t("stock.sold-out-count"), value: data && count(data.soldOut) },
        { label: t("stock.worth"), value: data && money(data.value) },
      ]}
    />
  );
}

interface RowProps {
  readonly product: Product;
  onOpen(this: void, product: Product): void;
}

const Row = memo(function Row({ product, onOpen }: RowProps) {
  const t = useWords(stockWords);
  const language = useLanguage();
  const { count } = useFormat();
  const { name, stock, lowStockAt } = product;
  const second = other(name, language);
  const state = stockState(product);
  return (
    <tr>
      <th scope="row">
        <button type="button" className={parts["open"]} onClick={() => onOpen(product)}>
          {pick(name, language)}
        </button>
        {second !== undefined && (
          <span className={parts["second"]} lang={language === "my" ? "en" : "my"}>
            {second}
          </span>
        )}
      </th>
      <td data-wide data-number>
        {stock && count(stock.onHand)}
      </td>
      <td data-wide data-number>
        {stock && count(stock.reserved)}
      </td>
      <td data-number>
        <b>{stock && count(stock.available)}</b>
      </td>
      <td data-wide data-number>
        {lowStockAt !== null && count(lowStockAt)}
      </td>
      <td data-fit>
        <span className={parts["badge"]} data-tone={TONES[state]}>
          {t(`stock.${state}`)}
        </span>
      </td>
    </tr>
  );
});
