// Cash or card. Exact cash and a card are one tap; notes are counted up as they are handed over.
import { Button } from "@mantine/core";
import { IconCash, IconCreditCard } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { PlaceOrder } from "../../../../../src/modules/orders/contract.js";
import { Sheet } from "../../../parts/Sheet.js";
import { useLanguage } from "../../../words/language.js";
import { formatAmount, formatMoney, type Money } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import classes from "./PaySheet.module.css";
import { notesOf } from "./notes.js";
import { pay } from "./words.js";

interface PaySheetProps {
  /** Undefined until the server has said it. */
  readonly due: Money | undefined;
  /** The total is being asked for again: nothing can be taken by the old one. */
  readonly old: boolean;
  readonly currency: string;
  readonly decimals: number;
  onPay(this: void, payment: PlaceOrder["payment"]): void;
  onClose(this: void): void;
}

/** What the built-in gateway makes of each: docs of the payments module. */
const SAMPLE_CARDS = [
  ["sim_decline", "pay.card-declined"],
  ["sim_slow_12000", "pay.card-slow"],
  ["sim_unknown_captured", "pay.card-unknown"],
] as const;

const UNKNOWN = "…";

export function PaySheet({ due, old, currency, decimals, onPay, onClose }: PaySheetProps) {
  const t = useWords(pay);
  const language = useLanguage();
  const [tendered, setTendered] = useState(0);
  const money = (amount: number) => formatMoney({ amount, currency }, decimals, language);
  const unit = 10 ** decimals;
  const change = due && tendered - due.amount;
  const missing = change !== undefined && change < 0;
  const cash = (amount: number) => onPay({ method: "cash", tendered: { amount, currency } });
  const card = (token: string) => onPay({ method: "card", token });
  const exact = useRef<HTMLButtonElement>(null);
  const ready = !old && due !== undefined;
  useEffect(() => {
    // The total came after the sheet. Who has gone on to the notes meanwhile stays there.
    if (ready && document.activeElement instanceof HTMLDialogElement) exact.current?.focus();
  }, [ready]);

  return (
    <Sheet
      onClose={onClose}
      size={820}
      title={
        <span className={classes["due"]}>
          {t("pay.due")} <b>{due ? money(due.amount) : UNKNOWN}</b>
        </span>
      }
    >
      <div className={classes["methods"]}>
        <section aria-labelledby="pay-cash">
          <h2 id="pay-cash">
            <IconCash size={24} aria-hidden /> {t("pay.cash")}
          </h2>
          <Button
            size="xl"
            fullWidth
            ref={exact}
            data-autofocus
            disabled={!ready}
            onClick={() => due && cash(due.amount)}
          >
            {t("pay.exact")} · {due ? formatAmount(due.amount, decimals) : UNKNOWN}
          </Button>
          <div className={classes["notes"]}>
            {notesOf(currency, decimals).map((note) => (
              <button
                key={note}
                type="button"
                data-note={note}
                aria-label={t("pay.add-note", { amount: money(note * unit) })}
                onClick={() => setTendered(tendered + note * unit)}
              >
                {formatAmount(note * unit, decimals)}
              </button>
            ))}
          </div>
          <dl className={classes["sums"]} aria-live="polite">
            <div>
              <dt>{t("pay.tendered")}</dt>
              <dd>{money(tendered)}</dd>
            </div>
            <div data-big data-missing={missing || undefined}>
              <dt>{missing ? t("pay.missing") : t("pay.change")}</dt>
              <dd>{change === undefined ? UNKNOWN : money(Math.abs(change))}</dd>
            </div>
          </dl>
          <div className={classes["take"]}>
            <Button
              size="xl"
              variant="default"
              disabled={tendered === 0}
              onClick={() => setTendered(0)}
            >
              {t("pay.clear")}
            </Button>
            <Button
              size="xl"
              disabled={old || change === undefined || missing}
              onClick={() => cash(tendered)}
            >
              {t("pay.take", { amount: formatAmount(tendered, decimals) })}
            </Button>
          </div>
        </section>
        <section aria-labelledby="pay-card">
          <h2 id="pay-card">
            <IconCreditCard size={24} aria-hidden /> {t("pay.card")}
          </h2>
          <Button
            size="xl"
            fullWidth
            variant="default"
            disabled={old || !due}
            className={classes["card"] ?? ""}
            onClick={() => card("sim_approve")}
          >
            {t("pay.card-hint")}
          </Button>
          <p>{t("pay.sample-cards")}</p>
          <div className={classes["samples"]}>
            {SAMPLE_CARDS.map(([token, word]) => (
              <Button
                key={token}
                variant="default"
                size="md"
                disabled={old || !due}
                onClick={() => card(token)}
              >
                {t(word)}
              </Button>
            ))}
          </div>
        </section>
      </div>
    </Sheet>
  );
}
