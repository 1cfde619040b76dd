// The receipt, on the screen and on 80 mm paper. What is printed again says that it is a copy.
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { queries } from "../../../api/client.js";
import type { Order } from "../../../../../src/modules/orders/contract.js";
import { other, pick, useLanguage } from "../../../words/language.js";
import { formatAmount, formatMoney } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import { TotalsTable } from "../cart/TotalsTable.js";
import type { Menu } from "../menu.js";
import { till } from "../words.js";
import { usePaper } from "./paper.js";
import classes from "./Receipt.module.css";
import { pay } from "./words.js";

interface ReceiptProps {
  readonly order: Order;
  readonly menu: Menu;
  readonly copy: boolean;
}

export function Receipt({ order, menu, copy }: ReceiptProps) {
  const t = useWords(pay);
  const words = useWords(till);
  const language = useLanguage();
  const paper = useRef<HTMLElement>(null);
  usePaper(paper);
  const { data: profile } = useQuery(queries.restaurant.profile.queryOptions());
  // Orders of an older version do not know it.
  const table = order.tableName ?? profile?.tables.find(({ id }) => id === order.tableId)?.name;
  const { decimals, timeZone } = menu;
  const placedAt = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    dateStyle: "short",
    timeStyle: "short",
  }).format(new Date(order.placedAt));
  const second = other(menu.name, language);
  const { method, tendered, change } = order.payment;
  return (
    <article
      ref={paper}
      className={`${classes["receipt"]} receipt`}
      aria-label={t("receipt.receipt")}
    >
      {copy && <p className={classes["mark"]}>{t("receipt.copy")}</p>}
      {order.status === "cancelled" && <p className={classes["mark"]}>{t("receipt.cancelled")}</p>}
      <header>
        <b>{pick(menu.name, language)}</b>
        {second !== undefined && <span lang={language === "my" ? "en" : "my"}>{second}</span>}
      </header>
      <p className={classes["number"]}>{t("receipt.number", { number: order.number })}</p>
      <p className={classes["facts"]}>
        <span>{placedAt}</span>
        <span>
          {words(`till.${order.serviceType}`)}
          {table !== undefined && ` · ${t("receipt.table", { name: table })}`}
        </span>
      </p>
      <table>
        <tbody>
          {order.lineItems.map((line) => (
            <tr key={line.id}>
              <td>{line.quantity}</td>
              <td>
                {pick(line.name, language)}
                {line.modifiers.map(({ code, name }) => (
                  <small key={code}>+ {pick(name, language)}</small>
                ))}
                {line.note !== undefined && <small>“{line.note}”</small>}
              </td>
              <td>{formatAmount(line.total.amount, decimals)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <TotalsTable totals={order.totals} decimals={decimals} />
      <dl className={classes["payment"]}>
        <div>
          <dt>{method === "cash" ? t("pay.cash") : t("pay.card")}</dt>
          <dd>{formatMoney(tendered ?? order.totals.total, decimals, language)}</dd>
        </div>
        {change && change.amount > 0 && (
          <div>
            <dt>{t("pay.change")}</dt>
            <dd>{formatMoney(change, decimals, language)}</dd>
          </div>
        )}
      </dl>
      <footer>
        <span>{t("receipt.server", { name: order.placedBy.name })}</span>
        <span>{t("receipt.thanks")}</span>
      </footer>
    </article>
  );
}
