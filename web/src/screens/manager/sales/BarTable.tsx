// A table whose rows carry a bar: chart and figures in one. A row leads to its orders.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../../words/words.js";
import parts from "../parts/parts.module.css";
import { useFormat } from "../restaurant.js";
import { type Bar, draw } from "./chart-data.js";
import classes from "./Sales.module.css";
import { sales } from "./words.js";

interface BarTableProps {
  readonly title: string;
  readonly column: string;
  /** What is counted beside the amount: portions, payments. */
  readonly counted: string;
  readonly bars: readonly Bar[];
  /** What the rows come to, below them. */
  readonly sum?: string;
  onOpen(this: void, bar: Bar): void;
}

const FEW = 10;

export function BarTable({ title, column, counted, bars, sum, onOpen }: BarTableProps) {
  const t = useWords(sales);
  const { amount, count, unit, ofCurrency } = useFormat();
  const [all, setAll] = useState(false);
  const drawn = draw(bars);
  const shown = all ? drawn : drawn.slice(0, FEW);
  return (
    <section className={classes["chart"]} aria-label={title}>
      <div className={classes["title"]}>
        <h2>{title}</h2>
      </div>
      <table className={parts["table"]}>
        <thead>
          <tr>
            <th scope="col">{column}</th>
            <th scope="col" data-number>
              {counted}
            </th>
            <th scope="col" data-number>
              {t("sales.amount", { unit })}
            </th>
            <th scope="col" data-number>
              {t("sales.share")}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((bar) => (
            <tr key={bar.key}>
              <th scope="row" className={classes["barred"]}>
                <button type="button" className={parts["open"]} onClick={() => onOpen(bar)}>
                  {bar.label}
                </button>
                <span className={classes["bar"]}>
                  <span style={{ inlineSize: `${bar.height * 100}%` }} />
                </span>
              </th>
              <td data-number>{count(bar.count)}</td>
              <td data-number>{amount(ofCurrency(bar.amount))}</td>
              <td data-number>{Math.round(bar.share * 100)}%</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sum !== undefined && <p className={parts["note"]}>{sum}</p>}
      {bars.length > FEW && (
        <Button variant="subtle" size="sm" onClick={() => setAll(!all)}>
          {all ? t("sales.best-dishes") : t("sales.all-dishes", { count: bars.length })}
        </Button>
      )}
    </section>
  );
}
