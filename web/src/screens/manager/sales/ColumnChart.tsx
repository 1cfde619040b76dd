// Columns over time. Each column is a button that leads to its orders and says its figures; the same as a table, too.
import { Button } from "@mantine/core";
import { IconChartBar, IconTable } from "@tabler/icons-react";
import { useState } from "react";
import { useWords } from "../../../words/words.js";
import parts from "../parts/parts.module.css";
import { useFormat } from "../restaurant.js";
import { type Bar, scaleTop } from "./chart-data.js";
import classes from "./Sales.module.css";
import { sales } from "./words.js";

interface ColumnChartProps {
  readonly title: string;
  /** What the columns are: hour, day. */
  readonly column: string;
  readonly bars: readonly Bar[];
  onOpen(this: void, bar: Bar): void;
}

export function ColumnChart({ title, column, bars, onOpen }: ColumnChartProps) {
  const t = useWords(sales);
  const [asTable, setAsTable] = useState(false);
  return (
    <section className={classes["chart"]} aria-label={title} data-full>
      <div className={classes["title"]}>
        <h2>{title}</h2>
        <Button
          variant="subtle"
          size="sm"
          leftSection={asTable ? <IconChartBar size={18} /> : <IconTable size={18} />}
          onClick={() => setAsTable(!asTable)}
        >
          {t(asTable ? "sales.as-chart" : "sales.as-table")}
        </Button>
      </div>
      {asTable ? (
        <Rows column={column} bars={bars} onOpen={onOpen} />
      ) : (
        <Columns bars={bars} onOpen={onOpen} />
      )}
    </section>
  );
}

function Columns({ bars, onOpen }: Pick<ColumnChartProps, "bars" | "onOpen">) {
  const t = useWords(sales);
  const { amount, count, money, ofCurrency } = useFormat();
  const top = scaleTop(Math.max(...bars.map((bar) => bar.amount)));
  return (
    <div className={classes["plot"]}>
      <div className={classes["scale"]} aria-hidden>
        <span>{amount(ofCurrency(top))}</span>
        <span>{amount(ofCurrency(top / 2))}</span>
        <span>0</span>
      </div>
      <ul className={classes["columns"]} data-many={bars.length > 24 || undefined}>
        {bars.map((bar) => (
          <li key={bar.key}>
            <button
              type="button"
              title={`${bar.label} · ${money(ofCurrency(bar.amount))}`}
              aria-label={t("sales.bar", {
                label: bar.label,
                amount: money(ofCurrency(bar.amount)),
                count: t("sales.order-count", { count: count(bar.count) }),
              })}
              onClick={() => onOpen(bar)}
            >
              <span className={classes["rise"]}>
                <span style={{ blockSize: `${(Math.max(0, bar.amount) / top) * 100}%` }} />
              </span>
              <span className={classes["tick"]}>{bar.tick ?? bar.label}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Rows({ column, bars, onOpen }: Omit<ColumnChartProps, "title">) {
  const t = useWords(sales);
  const { amount, count, unit, ofCurrency } = useFormat();
  return (
    <table className={parts["table"]}>
      <thead>
        <tr>
          <th scope="col">{column}</th>
          <th scope="col" data-number>
            {t("sales.orders")}
          </th>
          <th scope="col" data-number>
            {t("sales.amount", { unit })}
          </th>
        </tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.key}>
            <th scope="row">
              <button type="button" className={parts["open"]} onClick={() => onOpen(bar)}>
                {bar.label}
              </button>
            </th>
            <td data-number>{count(bar.count)}</td>
            <td data-number>{amount(ofCurrency(bar.amount))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
