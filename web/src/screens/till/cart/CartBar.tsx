// On a phone the order is a bar under the dishes: how many, how much, and Pay. A tap opens the order over the dishes.
import { Button } from "@mantine/core";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useWords } from "../../../words/words.js";
import { till } from "../words.js";
import classes from "./CartBar.module.css";

interface CartBarProps {
  readonly count: number;
  /** As it is written; empty where nothing is ordered. */
  readonly total: string;
  readonly old: boolean;
  readonly open: boolean;
  readonly canPay: boolean;
  onToggle(this: void): void;
  onPay(this: void): void;
}

export function CartBar({ count, total, old, open, canPay, onToggle, onPay }: CartBarProps) {
  const t = useWords(till);
  return (
    <div className={classes["bar"]}>
      <button type="button" className={classes["toggle"]} aria-expanded={open} onClick={onToggle}>
        {open ? <IconChevronDown size={22} aria-hidden /> : <IconChevronUp size={22} aria-hidden />}
        <span>
          {open ? t("till.dishes") : t("till.cart")}
          {count > 0 && !open && <span className={classes["count"]}>{count}</span>}
        </span>
        <b data-old={old || undefined}>{total}</b>
      </button>
      <Button size="lg" className={classes["pay"] ?? ""} disabled={!canPay} onClick={onPay}>
        {t("till.pay")}
      </Button>
    </div>
  );
}
