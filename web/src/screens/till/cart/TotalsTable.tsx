// The sums of a cart or an order; lines that are nothing are left out.
import { useLanguage } from "../../../words/language.js";
import { formatAmount, formatMoney, type Money } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import { till } from "../words.js";
import classes from "./TotalsTable.module.css";

export interface Totals {
  readonly subtotal: Money;
  readonly discount: Money;
  readonly serviceCharge: Money;
  readonly tax: Money;
  readonly taxIncluded: Money;
  readonly rounding: Money;
  readonly total: Money;
}

export function TotalsTable({
  totals,
  decimals,
}: {
  readonly totals: Totals;
  readonly decimals: number;
}) {
  const t = useWords(till);
  const language = useLanguage();
  const rows = [
    [t("till.discount"), -totals.discount.amount],
    [t("till.service-charge"), totals.serviceCharge.amount],
    [t("till.tax"), totals.tax.amount],
    [t("till.rounding"), totals.rounding.amount],
  ] as const;
  const shown = rows.filter(([, amount]) => amount !== 0);
  return (
    <dl className={classes["totals"]}>
      {shown.length > 0 && (
        <div>
          <dt>{t("till.subtotal")}</dt>
          <dd>{formatAmount(totals.subtotal.amount, decimals)}</dd>
        </div>
      )}
      {shown.map(([label, amount]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{formatAmount(amount, decimals)}</dd>
        </div>
      ))}
      <div className={classes["total"]}>
        <dt>{t("till.total")}</dt>
        <dd>{formatMoney(totals.total, decimals, language)}</dd>
      </div>
      {totals.taxIncluded.amount > 0 && (
        <div>
          <dt>{t("till.tax-included")}</dt>
          <dd>{formatAmount(totals.taxIncluded.amount, decimals)}</dd>
        </div>
      )}
    </dl>
  );
}
