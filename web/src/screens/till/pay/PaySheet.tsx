// Cash or card. Exact cash and a card are one tap; notes are counted up as they are handed over, and any other sum is
// typed: whatever has the focus, the first digit goes into the field, and Enter takes what stands there.
import { Button } from "@mantine/core";
import { IconCash, IconCreditCard } from "@tabler/icons-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import type { PlaceOrder } from "../../../../../src/modules/orders/contract.js";
import { Sheet } from "../../../parts/Sheet.js";
import { useLanguage } from "../../../words/language.js";
import {
  formatAmount,
  formatMoney,
  type Money,
  parseAmount,
  typedAmount,
  unitOf,
  westernDigits,
} from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import classes from "./PaySheet.module.css";
import { notesOf } from "./notes.js";
import { pay } from "./words.js";

interface PaySheetProps {
  /** Undefined until the server has said it. */
  readonly due: Money | undefined;
  /** The total is being asked for again: nothing can be taken by the old one. */
  readonly old: boolean;
  /** Why the total cannot be had. */
  readonly fault: string | undefined;
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

export function PaySheet(props: PaySheetProps) {
  const { due, old, fault, currency, decimals, onPay, onClose } = props;
  const t = useWords(pay);
  const language = useLanguage();
  const [text, setText] = useState("");
  const tendered = text.trim() === "" ? 0 : parseAmount(text, decimals);
  const money = (amount: number) => formatMoney({ amount, currency }, decimals, language);
  const unit = 10 ** decimals;
  const change = due && tendered !== undefined ? tendered - due.amount : undefined;
  const missing = change !== undefined && change < 0;
  const cash = (amount: number) => onPay({ method: "cash", tendered: { amount, currency } });
  const card = (token: string) => onPay({ method: "card", token });
  const exact = useRef<HTMLButtonElement>(null);
  const received = useRef<HTMLInputElement>(null);
  const ready = !old && due !== undefined;
  const enough = ready && change !== undefined && !missing;
  useEffect(() => {
    // The total came after the sheet. Who has gone on to the notes meanwhile stays there.
    if (ready && document.activeElement instanceof HTMLDialogElement) exact.current?.focus();
  }, [ready]);
  useEffect(() => {
    const press = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent) => {
      if (ctrlKey || metaKey || altKey || target instanceof HTMLInputElement) return;
      // The browser puts the digit where the focus is by now.
      if (/^\d$/.test(westernDigits(key))) received.current?.focus();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  const take = (event: FormEvent) => {
    event.preventDefault();
    if (enough && tendered !== undefined) cash(tendered);
  };

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
      {fault !== undefined && (
        <p role="alert" className={classes["fault"]}>
          {fault}
        </p>
      )}
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
                onClick={() => setText(formatAmount((tendered ?? 0) + note * unit, decimals))}
              >
                {formatAmount(note * unit, decimals)}
              </button>
            ))}
          </div>
          <form onSubmit={take}>
            <div className={classes["sums"]}>
              <label>
                <span>{t("pay.tendered")}</span>
                <input
                  ref={received}
                  value={text}
                  placeholder="0"
                  autoComplete="off"
                  inputMode={decimals === 0 ? "numeric" : "decimal"}
                  aria-invalid={tendered === undefined}
                  onFocus={(event) => event.currentTarget.select()}
                  onChange={(event) => setText(event.currentTarget.value)}
                />
                <span>{unitOf(currency, language)}</span>
              </label>
              <p role="status" data-missing={missing || undefined}>
                {tendered === undefined ? (
                  t("pay.not-an-amount", { example: typedAmount(3_500, decimals) })
                ) : (
                  <>
                    <span>{missing ? t("pay.missing") : t("pay.change")}</span>
                    <b>{change === undefined ? UNKNOWN : money(Math.abs(change))}</b>
                  </>
                )}
              </p>
            </div>
            <div className={classes["take"]}>
              <Button
                size="xl"
                variant="default"
                disabled={text === ""}
                onClick={() => setText("")}
              >
                {t("pay.clear")}
              </Button>
              <Button size="xl" type="submit" disabled={!enough}>
                {t("pay.take", { amount: formatAmount(tendered ?? 0, decimals) })}
              </Button>
            </div>
          </form>
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
