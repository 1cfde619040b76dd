// Takes the money of an order. A card is stored as pending before the gateway is asked, and whoever comes next asks the
// gateway by the same key; so wherever the process dies, money moves once or not at all.
import { crashPoint, createBatcher, money, newId } from "#platform/kernel";
import type { ChargeRequest } from "../contract.js";
import { ask, type ChargeOutcome, type FindOutcome } from "../gateway/gateway.js";
import {
  type Attempt,
  countChargesSent,
  getPayment,
  type NewPayment,
  openPayments,
  recordAttempts,
  settlePayment,
} from "../repository/payments.js";
import {
  type Answer,
  answerOf,
  changeFor,
  endingOf,
  nextForUnseen,
  settlementOf,
} from "../rules.js";
import type { PaymentsTable } from "../schema.js";
import { attemptOf, capturedEvent, type PaymentsParts } from "./parts.js";

export interface Charged {
  readonly row: PaymentsTable;
  readonly answer: Answer;
}

const BATCH = 100;
const ASK_AGAIN = 5;

export type Settle = ReturnType<typeof createSettle>;

/** Ends a pending payment as the gateway answered; anything but a definite answer is only noted. */
export const createSettle =
  ({ database, outbox, clock }: PaymentsParts) =>
  async (
    row: PaymentsTable,
    outcome: ChargeOutcome,
    attempts: readonly Attempt[],
    trace: string | null,
  ): Promise<PaymentsTable> => {
    crashPoint("payments.after-gateway");
    const settlement = settlementOf(outcome);
    if (!settlement) {
      await recordAttempts(database, row.id, attempts);
      return getPayment(database, row.id);
    }
    const at = clock();
    const event = settlement.status === "captured" ? capturedEvent(row, at, trace) : null;
    const settled = await settlePayment(database, row.id, settlement, { at, event, attempts });
    crashPoint("payments.after-settle");
    if (event) outbox.wake();
    return settled ?? getPayment(database, row.id);
  };

export function createCharge(parts: PaymentsParts, settle: Settle) {
  const { database, outbox, gateway, clock, gatewayDeadlineMs } = parts;
  const asking = <Outcome>(call: (signal: AbortSignal) => Promise<Outcome>) =>
    ask(call, gatewayDeadlineMs);

  /** Concurrent charges share a statement and a commit. Answers with the payment that the order has. */
  const opening = createBatcher<NewPayment, PaymentsTable>(
    async (payments) => {
      const rows = new Map<string, PaymentsTable>();
      let missing = payments;
      for (let round = 0; missing.length > 0 && round < ASK_AGAIN; round++) {
        for (const row of await openPayments(database, missing)) rows.set(row.orderId, row);
        missing = payments.filter((payment) => !rows.has(payment.orderId));
      }
      crashPoint("payments.after-open");
      if (payments.some((payment) => payment.event)) outbox.wake();
      return payments.map(({ orderId }) => {
        const row = rows.get(orderId);
        if (!row) throw new Error(`The payment of order ${orderId} is being written elsewhere`);
        return row;
      });
    },
    { maxSize: BATCH },
  );

  /** Undefined when the cash is too little; then nothing is written. */
  async function charge(
    { orderId, amount, payment }: ChargeRequest,
    trace: string | null,
  ): Promise<Charged | undefined> {
    const base = { id: newId(), orderId, currency: amount.currency, amount: amount.amount };
    const at = clock();
    let row: PaymentsTable;
    if (payment.method === "cash") {
      const change = changeFor(amount, payment.tendered);
      if (!change) return undefined;
      const { tendered } = payment;
      const captured = {
        ...base,
        method: "cash",
        tendered: tendered.amount,
        change: change.amount,
      } as const;
      const event = capturedEvent(captured, at, trace);
      row = await opening.run({
        ...captured,
        status: "captured",
        captured: amount.amount,
        cardEnding: null,
        createdAt: at,
        event,
      });
    } else {
      row = await opening.run({
        ...base,
        method: "card",
        status: "pending",
        captured: 0,
        tendered: null,
        change: null,
        cardEnding: endingOf(payment.token),
        createdAt: at,
        event: null,
      });
      const answer = answerOf(row, { method: "card", amount });
      if (answer.kind === "pending") {
        row = await takeFromCard(row, payment.token, row.id === base.id, trace);
      }
    }
    return { row, answer: answerOf(row, { method: payment.method, amount }) };
  }

  /** Drives a pending payment as far as the gateway answers. One that was opened earlier is looked up before it is
   *  sent again; a key that never arrives is closed, so that the guest gets a definite no. */
  async function takeFromCard(
    row: PaymentsTable,
    token: string,
    fresh: boolean,
    trace: string | null,
  ): Promise<PaymentsTable> {
    const key = row.id;
    const amount = money(row.amount, row.currency ?? "");
    const attempts: Attempt[] = [];
    const note = <Outcome extends FindOutcome>(
      operation: Attempt["operation"],
      outcome: Outcome,
    ) => {
      attempts.push(attemptOf(operation, outcome));
      return outcome;
    };
    const send = async () =>
      note("charge", await asking((signal) => gateway.charge({ key, amount, token }, signal)));

    if (fresh) return settle(row, await send(), attempts, trace);
    const found = note("find", await asking((signal) => gateway.find(key, signal)));
    if (found.kind !== "not-found") return settle(row, found, attempts, trace);
    const next = nextForUnseen(await countChargesSent(database, key));
    const outcome =
      next === "send"
        ? await send()
        : note("cancel", await asking((signal) => gateway.cancel(key, signal)));
    return settle(row, outcome, attempts, trace);
  }

  return charge;
}
