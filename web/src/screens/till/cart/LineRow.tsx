// One line of the cart. Where it and the menu have come apart it says so, and a tap decides; it never changes silently.
import { IconMinus, IconPlus, IconAlertTriangle } from "@tabler/icons-react";
import { pick, useLanguage } from "../../../words/language.js";
import { formatAmount } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import { till } from "../words.js";
import { type Line, lineTotal, setQuantity } from "./cart.js";
import type { Conflict } from "./conflicts.js";
import classes from "./LineRow.module.css";
import { changeCart } from "./store.js";

interface LineRowProps {
  readonly line: Line;
  readonly decimals: number;
  readonly conflict: Conflict | undefined;
  /** What one chooses with the dish is no longer as it was. */
  readonly toChoose: boolean;
  onEdit(this: void, lineId: string): void;
  onMore(this: void, lineId: string): void;
  onConflict(this: void, conflict: Conflict): void;
}

export function LineRow(props: LineRowProps) {
  const { line, decimals, conflict, toChoose, onEdit, onMore, onConflict } = props;
  const t = useWords(till);
  const language = useLanguage();
  const name = pick(line.name, language);
  const choices = line.modifiers.map((modifier) => pick(modifier.name, language));
  return (
    <li className={classes["line"]}>
      <div className={classes["row"]}>
        <button
          type="button"
          className={classes["step"]}
          aria-label={t("till.less", { name })}
          onClick={() => changeCart((cart) => setQuantity(cart, line.id, line.quantity - 1))}
        >
          <IconMinus size={18} stroke={2.5} aria-hidden />
        </button>
        <span className={classes["quantity"]}>{line.quantity}</span>
        <button
          type="button"
          className={classes["step"]}
          aria-label={t("till.more", { name })}
          onClick={() => onMore(line.id)}
        >
          <IconPlus size={18} stroke={2.5} aria-hidden />
        </button>
        <button
          type="button"
          className={classes["what"]}
          aria-label={[t("till.edit", { name }), ...choices, line.note].filter(Boolean).join(", ")}
          onClick={() => onEdit(line.id)}
        >
          <span className={classes["name"]}>{name}</span>
          {line.modifiers.map(({ code, name: modifier, price }) => (
            <span key={code} className={classes["extra"]}>
              {pick(modifier, language)}
              {price.amount > 0 && ` +${formatAmount(price.amount, decimals)}`}
            </span>
          ))}
          {line.note !== "" && <span className={classes["note"]}>“{line.note}”</span>}
        </button>
        <span className={classes["sum"]}>{formatAmount(lineTotal(line), decimals)}</span>
      </div>
      {toChoose && !conflict && (
        <button type="button" className={classes["conflict"]} onClick={() => onEdit(line.id)}>
          <IconAlertTriangle size={18} aria-hidden />
          {t("till.choose-again")}
        </button>
      )}
      {conflict && (
        <button type="button" className={classes["conflict"]} onClick={() => onConflict(conflict)}>
          <IconAlertTriangle size={18} aria-hidden />
          {conflict.kind === "short" &&
            (conflict.left > 0 ? t("till.short", { left: conflict.left }) : t("till.sold-out"))}
          {conflict.kind === "gone" && t("till.gone")}
          {conflict.kind === "price" &&
            t("till.price-moved", { now: formatAmount(conflict.now.amount, decimals) })}
        </button>
      )}
    </li>
  );
}
