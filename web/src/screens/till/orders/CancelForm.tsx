// Takes an order back: why, and what becomes of the food. Who may not do it alone has a manager allow it in place.
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Order } from "../../../../../src/modules/orders/contract.js";
import { api, queries } from "../../../api/client.js";
import { refusalOf } from "../../../api/problem.js";
import { useSession } from "../../../api/session.js";
import { focusWhenShown } from "../../../parts/focus.js";
import { LimitedInput } from "../../../parts/LimitedInput.js";
import { useLanguage } from "../../../words/language.js";
import { formatMoney, type Money } from "../../../words/money.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import type { Menu } from "../menu.js";
import { Approve } from "./Approve.js";
import type { Progress } from "./open-orders.js";
import classes from "./OrderDetails.module.css";
import { past } from "./words.js";

const REASONS = ["guest", "mistake", "late", "quality"] as const;
const OUTCOMES = ["restock", "waste"] as const;
const PERMISSION = "orders.cancel";
const MAX_REASON = 200;

interface CancelFormProps {
  readonly order: Order;
  readonly progress: Progress | undefined;
  readonly menu: Menu;
  /** It was done here, and `back` is what goes back to the guest. */
  onCancelled(this: void, back: Money): void;
}

const UNKNOWN = "…";

export function CancelForm({ order, progress, menu, onCancelled }: CancelFormProps) {
  const t = useWords(past);
  const say = useProblemWords();
  const language = useLanguage();
  const client = useQueryClient();
  const { data: me } = useSession();
  const [reason, setReason] = useState("");
  const [said, setSaid] = useState<(typeof OUTCOMES)[number]>();
  // What the kitchen has not begun goes back, unless a person says otherwise; where that is not known, a person says it.
  // It may begin while the form stands open and a manager is on the way.
  const stock =
    said ??
    (!progress || progress === "absent" ? undefined : progress === "new" ? "restock" : "waste");
  const [asking, setAsking] = useState(false);
  // Not known any more how far the kitchen is: a person says it, before a manager allows it.
  if (asking && !stock) setAsking(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const allowed = me?.permissions.includes(PERMISSION) ?? false;
  // A part of it may have gone back already: nobody is to hand that out once more.
  const { data: money } = useQuery({
    ...queries.payments.refundable.queryOptions({ input: { orderId: order.id } }),
    staleTime: 0,
  });
  const left = money?.refundable;
  const amount = left ? formatMoney(left, menu.decimals, language) : UNKNOWN;

  const cancel = async (approval?: string) => {
    if (!stock) return;
    setBusy(true);
    setFault(undefined);
    try {
      const { body } = await api.orders.cancel(
        { id: order.id, version: order.version, reason: reason.trim(), stock },
        { context: approval === undefined ? {} : { approval } },
      );
      // Where somebody else was first, it is they who give the money back.
      if (left && body.cancellation?.cancelledBy.id === me?.id) onCancelled(left);
    } catch (error) {
      const problem = refusalOf(error);
      // Rights may have been taken away while the form stood open.
      if (problem.code === "forbidden") setAsking(true);
      setFault(say(problem));
    } finally {
      setBusy(false);
      await client.invalidateQueries({ queryKey: queries.orders.key() });
    }
  };

  if (asking) {
    return (
      <>
        {stock && <p>{t(`cancel.${stock}`)}</p>}
        <Approve permission={PERMISSION} subject={order.id} onApproved={cancel} fault={fault} />
      </>
    );
  }
  return (
    <form
      className={classes["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (allowed) void cancel();
        else setAsking(true);
      }}
    >
      <h2 ref={focusWhenShown} tabIndex={-1}>
        {t("cancel.title", { number: order.number })}
      </h2>
      <fieldset>
        <legend>{t("cancel.why")}</legend>
        <div className={classes["choices"]}>
          {REASONS.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="reason"
                checked={reason === t(`cancel.${one}`)}
                onChange={() => setReason(t(`cancel.${one}`))}
              />
              {t(`cancel.${one}`)}
            </label>
          ))}
        </div>
        <LimitedInput
          mt="xs"
          size="md"
          label={t("cancel.other")}
          value={reason}
          maxLength={MAX_REASON}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </fieldset>
      <fieldset>
        <legend>{t("cancel.food")}</legend>
        <div className={classes["choices"]}>
          {OUTCOMES.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="stock"
                checked={stock === one}
                onChange={() => setSaid(one)}
              />
              {t(`cancel.${one}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <p>
        {left?.amount === 0
          ? t("cancel.nothing-back")
          : order.payment.method === "cash"
            ? t("cancel.money-back", { amount })
            : t("cancel.card-back", { amount })}
      </p>
      <p role="alert" className={classes["fault"]}>
        {fault}
      </p>
      <Button
        type="submit"
        size="lg"
        color="chilli"
        loading={busy}
        disabled={reason.trim() === "" || !stock}
      >
        {allowed ? t("cancel.do") : t("cancel.ask")}
      </Button>
    </form>
  );
}
