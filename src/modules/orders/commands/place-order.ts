// Placing an order. The decision is made in rules.ts, the work is driven by the saga.
import { createHash } from "node:crypto";
import type { Principal } from "#platform/http";
import { createBatcher, crashPoint, newId } from "#platform/kernel";
import type { Outbox } from "#platform/outbox";
import type { Outcome, Refusal, SagaCoordinator } from "#platform/saga";
import { type PlaceError, placeErrors, type PlaceOrder } from "../contract.js";
import { OrderPlaced } from "../events.js";
import {
  PLACE_ORDER,
  type PlaceOrderInput,
  type PlaceOrderRun,
  sold,
} from "../place-order.saga.js";
import { type NewOrder, recordOrders } from "../repository/orders.js";
import {
  businessDateOf,
  clockOf,
  type OrderingRules,
  priceLines,
  quantitiesByProduct,
  totalsOf,
} from "../rules.js";
import type { OrdersDatabase } from "../schema.js";

const refuse = (code: PlaceError, over: { data?: unknown; message?: string } = {}): Refusal => {
  const { status, message } = placeErrors[code];
  return { code, status, message, ...over };
};

/** Prices the request by the rules of this moment, or refuses it: then no saga is started for it. Pure but for the new
 *  ids. */
export function preparePlacement(
  request: PlaceOrder,
  {
    rules,
    now,
    placedBy,
    trace,
  }: {
    rules: OrderingRules;
    now: Date;
    placedBy: Pick<Principal, "id" | "name">;
    trace: string;
  },
): PlaceOrderInput | Refusal {
  const { lines, faults } = priceLines(request.lineItems, rules);
  if (faults.length > 0) return refuse("INVALID_LINES", { data: { items: faults } });
  const { tableId, serviceType, expectedTotal: seen, payment } = request;
  const table = rules.tables.find(({ id }) => id === tableId);
  if (tableId !== undefined && !table) return refuse("UNKNOWN_TABLE");
  const businessDate = businessDateOf(now, rules.restaurant);
  const { totals, taxes } = totalsOf(
    lines.map((line) => line.total),
    { serviceType, businessDate },
    rules,
  );
  const { total: current } = totals;
  // Before the cash is counted: what does not reach any more did reach the total that the guest was told.
  if (seen && (seen.amount !== current.amount || seen.currency !== current.currency)) {
    // What a dish alone costs is proved when its stock is held.
    const data = { items: [], total: { seen, current }, lineItems: lines };
    return refuse("PRICE_CHANGED", { data });
  }
  if (payment.method === "cash") {
    const { tendered } = payment;
    const data = { due: current, tendered };
    if (tendered.currency !== current.currency) {
      const message = `Cash is taken in ${current.currency} only. Take that, or a card; nothing was taken.`;
      return refuse("TENDER_TOO_SMALL", { data, message });
    }
    if (tendered.amount < current.amount) return refuse("TENDER_TOO_SMALL", { data });
  }
  return {
    serviceType,
    tableId,
    tableName: table?.name,
    businessDate,
    clock: clockOf(now, rules.restaurant),
    placedAt: now.toISOString(),
    placedBy: { id: placedBy.id, name: placedBy.name },
    trace,
    lines,
    totals,
    taxes,
    products: quantitiesByProduct(request.lineItems),
    ...(payment.method === "cash"
      ? { payment }
      : { payment: { method: "card" }, secret: { cardToken: payment.token } }),
  };
}

const digest = (request: PlaceOrder) =>
  createHash("sha256").update(JSON.stringify(request)).digest("base64url");

export interface Placement {
  readonly id: string;
  readonly outcome: Promise<Outcome>;
  /** What this request started the saga with; absent when it joined an earlier one. */
  readonly input?: PlaceOrderInput;
}

/** Starts the saga of a new key, or stores its refusal; or joins what the key already has: a repeated request is answered
 *  as before even when the menu has changed since. Whoever is told that nothing was taken has the key for it, so an
 *  earlier try that is still on its way to another process can take nothing either. Undefined: it is another order's. */
export async function placeOrder(
  sagas: Pick<SagaCoordinator, "start" | "refuse">,
  request: PlaceOrder,
  idempotencyKey: string,
  prepared: PlaceOrderInput | Refusal,
): Promise<Placement | undefined> {
  const fingerprint = digest(request);
  const asked = { id: newId(), idempotencyKey, fingerprint };
  const { started, row, outcome } = await ("code" in prepared
    ? sagas.refuse(PLACE_ORDER, { ...asked, input: {} }, prepared)
    : sagas.start(PLACE_ORDER, { ...asked, input: prepared }));
  if (row.fingerprint !== fingerprint) return undefined;
  const input = started && !("code" in prepared) && { input: prepared };
  return { id: row.id, outcome, ...input };
}

/** The pivot. Concurrent orders share a statement and a commit. Throws when the saga is not ours to end (any more). */
export function createRecorder(database: OrdersDatabase, outbox: Pick<Outbox<never>, "wake">) {
  const recorder = createBatcher<PlaceOrderRun, number | undefined>(
    async (runs) => {
      crashPoint("orders.before-record");
      const rows = await recordOrders(database, runs.map(orderOf));
      crashPoint("orders.after-record");
      outbox.wake();
      const numbers = new Map(rows.map((row) => [row.id, row.number]));
      return runs.map((run) => numbers.get(run.id));
    },
    { maxSize: 50 },
  );
  return async (run: PlaceOrderRun): Promise<number> => {
    const number = await recorder.run(run);
    if (number === undefined) throw new Error("The saga was ended or taken over elsewhere");
    return number;
  };
}

function orderOf(run: PlaceOrderRun): NewOrder {
  const { id, token, input } = run;
  const { totals } = input;
  const { lines, payment } = sold(input, run.results);
  const event = OrderPlaced.create(
    {
      orderId: id,
      number: 1, // the statement that gives the number puts it here
      businessDate: input.businessDate,
      ...(input.clock && { clock: input.clock }),
      serviceType: input.serviceType,
      ...(input.tableId && { tableId: input.tableId }),
      ...(input.tableName && { tableName: input.tableName }),
      placedAt: input.placedAt,
      placedBy: input.placedBy,
      lineItems: lines,
      totals,
      payment,
    },
    { trace: input.trace, occurredAt: new Date(input.placedAt) },
  );
  return {
    sagaId: id,
    token,
    journal: run.journal,
    id,
    serviceType: input.serviceType,
    tableId: input.tableId ?? null,
    tableName: input.tableName ?? null,
    businessDate: input.businessDate,
    currency: totals.total.currency,
    subtotal: totals.subtotal.amount,
    discount: totals.discount.amount,
    serviceCharge: totals.serviceCharge.amount,
    tax: totals.tax.amount,
    taxIncluded: totals.taxIncluded.amount,
    rounding: totals.rounding.amount,
    total: totals.total.amount,
    taxes: input.taxes,
    paymentId: payment.id,
    paymentMethod: payment.method,
    paymentStatus: payment.status,
    tendered: payment.tendered?.amount ?? null,
    change: payment.change?.amount ?? null,
    placedById: input.placedBy.id,
    placedByName: input.placedBy.name,
    placedAt: input.placedAt,
    lines: lines.map((line, position) => ({
      id: line.id,
      position,
      productId: line.productId,
      sku: line.sku,
      name: line.name,
      category: line.category,
      station: line.station,
      quantity: line.quantity,
      unitPrice: line.unitPrice.amount,
      modifiers: line.modifiers.map(({ code, name, price }) => ({
        code,
        name,
        price: price.amount,
      })),
      note: line.note ?? null,
      taxRates: input.taxes.map(({ name, rate, inclusive }) => ({ name, rate, inclusive })),
      total: line.total.amount,
    })),
    event: { id: event.id, name: event.name, trace: event.trace, data: event.data },
  };
}
