// Cancelling an order. What may be cancelled is decided before the saga starts, and proved again by its pivot.
import { type ActionBy, crashPoint, money, newId } from "#platform/kernel";
import type { Outbox } from "#platform/outbox";
import { canComplete, type Outcome, Refused, type SagaCoordinator } from "#platform/saga";
import {
  CANCEL_ORDER,
  type CancelOrderInput,
  type CancelOrderRun,
  type CancelOrderSteps,
} from "../cancel-order.saga.js";
import { cancelErrors, type CancelOrder } from "../contract.js";
import { OrderCancelled, OrdersActionTaken } from "../events.js";
import { PLACE_ORDER } from "../place-order.saga.js";
import { toOrder } from "../queries.js";
import { findStanding, recordCancellation, settleRefund } from "../repository/cancellations.js";
import { findOrder, type OrderRow } from "../repository/orders.js";
import { businessDateOf, clockOf, type OrderingRules, outcomesOf } from "../rules.js";
import type { OrdersDatabase } from "../schema.js";

export type Cancelling =
  | { readonly kind: "not-found" | "being-placed" }
  | { readonly kind: "stale"; readonly version: number }
  | { readonly kind: "unknown-lines"; readonly lineIds: readonly string[] }
  /** Under way or done, by this request or by an earlier one. */
  | { readonly kind: "cancelling"; readonly id: string; readonly outcome: Promise<Outcome> };

/** Cancels an order, or joins the cancellation that it already has: there is at most one. */
export async function cancelOrder(
  { database, sagas }: { database: OrdersDatabase; sagas: SagaCoordinator },
  { id: orderId, version, reason, stock, lineItems }: CancelOrder,
  asked: { by: ActionBy; rules: OrderingRules; now: Date; trace: string },
): Promise<Cancelling> {
  let order = await findOrder(database, orderId);
  if (!order) {
    const placing = await sagas.find(orderId);
    if (placing?.definition !== PLACE_ORDER || !canComplete(placing)) return { kind: "not-found" };
    if (placing.status !== "completed") return { kind: "being-placed" };
    order = await findOrder(database, orderId); // it was placed after the first look
    if (!order) return { kind: "not-found" };
  }
  if (order.status === "cancelled") {
    const earlier = await sagas.findLatest(orderId);
    const done: Outcome = { kind: "completed", id: orderId, results: null };
    return {
      kind: "cancelling",
      id: earlier?.row.id ?? orderId,
      outcome: earlier?.outcome ?? Promise.resolve(done),
    };
  }
  if (version !== undefined && version !== order.version) {
    return { kind: "stale", version: order.version };
  }
  const { outcomes, unknown } = outcomesOf(order.lines, stock, lineItems);
  if (unknown.length > 0) return { kind: "unknown-lines", lineIds: unknown };
  const { actor, approvedBy = null, from = null } = asked.by;
  const input: CancelOrderInput = {
    version: version ?? null,
    reason,
    outcomes,
    cancelledOn: businessDateOf(asked.now, asked.rules.restaurant),
    clock: clockOf(asked.now, asked.rules.restaurant),
    cancelledAt: asked.now.toISOString(),
    cancelledBy: actor,
    approvedBy,
    from,
    trace: asked.trace,
  };
  // A cancellation that was refused, or given up before its pivot, leaves the order as it was, so the next one is a new
  // one. No client's own key has a space.
  for (let attempt = 1; ; attempt++) {
    const { started, row, outcome } = await sagas.start(CANCEL_ORDER, {
      id: newId(),
      subject: orderId,
      idempotencyKey: `cancel ${orderId} ${attempt}`,
      fingerprint: "",
      input,
    });
    const over = row.status === "rolled-back" || (row.status === "abandoned" && row.refusal);
    if (started || !over) return { kind: "cancelling", id: row.id, outcome };
  }
}

export function createCancelling(
  database: OrdersDatabase,
  outbox: Pick<Outbox<never>, "wake">,
): Pick<CancelOrderSteps, "cancel" | "settle"> {
  return {
    async cancel(run) {
      const order = await findOrder(database, run.subject);
      if (!order) throw new Error(`Order ${run.subject} is gone`);
      crashPoint("orders.before-cancel");
      const recorded = await recordCancellation(database, cancellationOf(run, order));
      crashPoint("orders.after-cancel");
      if (recorded) outbox.wake();
      else await proveCancelled(run);
    },
    async settle({ id, token, journal, subject }) {
      crashPoint("orders.before-settle-refund");
      const settled = await settleRefund(database, {
        sagaId: id,
        token,
        journal,
        orderId: subject,
      });
      crashPoint("orders.after-settle-refund");
      if (!settled) throw new Error("The saga was ended or taken over elsewhere");
    },
  };

  /** Nothing was recorded: either an earlier attempt was, whose answer got lost, or the order moved. */
  async function proveCancelled({ id, token }: CancelOrderRun): Promise<void> {
    const standing = await findStanding(database, id);
    if (!standing || standing.token !== token) throw new Error("The saga was taken over elsewhere");
    if (standing.saga === "finishing") return;
    const { status, message } = cancelErrors.VERSION_CONFLICT;
    throw new Refused({ code: "VERSION_CONFLICT", status, message });
  }
}

function cancellationOf(run: CancelOrderRun, order: OrderRow) {
  const { input } = run;
  const { reason, cancelledAt, cancelledOn, clock, cancelledBy, approvedBy, from, trace } = input;
  const outcomes = new Map(input.outcomes.map(({ id, outcome }) => [id, outcome]));
  const told = toOrder(order);
  const who = {
    cancelledBy: { id: cancelledBy.id, name: cancelledBy.name },
    ...(approvedBy && { approvedBy }),
  };
  const context = { trace, occurredAt: new Date(cancelledAt) };
  const event = OrderCancelled.create(
    {
      orderId: order.id,
      number: order.number,
      businessDate: order.businessDate,
      cancelledOn,
      ...(clock && { clock }),
      cancelledAt,
      ...who,
      reason,
      serviceType: order.serviceType,
      lineItems: order.lines.map((line, index) => ({
        ...told.lineItems[index]!,
        category: line.category,
        station: line.station,
        outcome: outcomes.get(line.id) ?? "waste",
      })),
      totals: told.totals,
      payment: { ...told.payment, status: "refund-pending" },
    },
    context,
  );
  const action = OrdersActionTaken.create(
    {
      action: "orders.cancel",
      actor: cancelledBy,
      ...(approvedBy && { approvedBy }),
      ...(from !== null && { from }),
      subject: { type: "order", id: order.id, name: `#${order.number}` },
      at: cancelledAt,
      reason,
      details: { total: money(order.total, order.currency), lineItems: input.outcomes },
    },
    context,
  );
  return {
    sagaId: run.id,
    token: run.token,
    journal: run.journal,
    version: input.version,
    orderId: order.id,
    reason,
    outcomes: [...input.outcomes],
    cancelledOn,
    cancelledAt,
    cancelledById: cancelledBy.id,
    cancelledByName: cancelledBy.name,
    approvedById: approvedBy?.id ?? null,
    approvedByName: approvedBy?.name ?? null,
    events: [event, action],
  };
}
