// One order as it was sold: lines, what was added, what was paid, and whether it was taken back.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { queries } from "../../../api/client.js";
import { problemOf } from "../../../api/problem.js";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { Fault } from "../parts/Fault.js";
import parts from "../parts/parts.module.css";
import { useFormat } from "../restaurant.js";
import { manager } from "../words.js";
import classes from "./Sales.module.css";
import { sales } from "./words.js";

const EXTRAS = [
  ["discount", "discount"],
  ["serviceCharge", "service-charge"],
  ["tax", "tax"],
  ["rounding", "rounding"],
] as const;

export function OrderFacts({ id }: { readonly id: string }) {
  const t = useWords(sales);
  const words = useWords(manager);
  const language = useLanguage();
  const { amount, money, dayAndTime } = useFormat();
  const { data: order, error } = useQuery(queries.orders.get.queryOptions({ input: { id } }));
  const payments = useQuery(queries.payments.list.queryOptions({ input: { orderId: id } }));
  if (error) return <Fault problem={problemOf(error)} />;
  if (!order) return <p className={parts["note"]}>{words("manager.loading")}</p>;
  const { totals, cancellation } = order;
  const back = payments.data?.items[0]?.refunded;
  return (
    <>
      <p className={parts["note"]}>
        {dayAndTime(order.placedAt)} · {t(`sales.${order.serviceType}`)} ·{" "}
        {t(`sales.${order.payment.method}`)} · {order.placedBy.name}
      </p>
      {cancellation && (
        <p>
          <span className={parts["badge"]} data-tone="danger">
            {t("sales.cancelled")}
          </span>{" "}
          {t("sales.cancelled-because", {
            name: cancellation.cancelledBy.name,
            reason: cancellation.reason,
          })}
        </p>
      )}
      <table className={classes["bill"]}>
        <tbody>
          {order.lineItems.map((line) => (
            <tr key={line.id}>
              <td>{line.quantity} ×</td>
              <th scope="row">
                {pick(line.name, language)}
                {line.modifiers.length > 0 && (
                  <span className={parts["second"]}>
                    {line.modifiers.map(({ name }) => pick(name, language)).join(", ")}
                  </span>
                )}
                {line.note !== undefined && <span className={parts["second"]}>{line.note}</span>}
              </th>
              <td data-number>{amount(line.total)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {t("sales.subtotal")}
            </th>
            <td data-number>{amount(totals.subtotal)}</td>
          </tr>
          {EXTRAS.filter(([field]) => totals[field].amount !== 0).map(([field, word]) => (
            <tr key={field}>
              <th scope="row" colSpan={2}>
                {t(`sales.${word}`)}
              </th>
              <td data-number>{amount(totals[field])}</td>
            </tr>
          ))}
          <tr data-total>
            <th scope="row" colSpan={2}>
              {t("sales.paid")}
            </th>
            <td data-number>{money(totals.total)}</td>
          </tr>
          {back && back.amount > 0 && (
            <tr>
              <th scope="row" colSpan={2}>
                {t("sales.given-back")}
              </th>
              <td data-number>{money(back)}</td>
            </tr>
          )}
        </tfoot>
      </table>
      <Link href={`~/system/orders/${id}`} className={parts["story"]}>
        {t("sales.story")}
      </Link>
    </>
  );
}
