// The sagas' steps on the faces of inventory and payments, and which of their answers are a definite no.
import type { InventoryFace } from "#modules/inventory";
import type { PaymentsFace } from "#modules/payments";
import { errorOf } from "#platform/contract";
import type { Refusal } from "#platform/saga";
import type { CancelOrderSteps } from "./cancel-order.saga.js";
import { type PlaceError, placeErrors } from "./contract.js";
import type { PlaceOrderInput, PlaceOrderSteps } from "./place-order.saga.js";

/** Everything that one request caused carries its trace. */
const traced = ({ trace }: Pick<PlaceOrderInput, "trace">) =>
  trace === null ? {} : { context: { trace } };

/** Below 500 a face has decided; from 500 on, and for anything that is no typed answer, it is worth asking again. */
export function asRefusal(error: unknown): Refusal | null {
  const typed = errorOf(error);
  if (!typed || typed.status >= 500) return null;
  // Where this module's contract has words for it, those are told: they know of the whole order.
  const own = Object.hasOwn(placeErrors, typed.code) && placeErrors[typed.code as PlaceError];
  return { ...typed, ...(own && { message: own.message }) };
}

/** A database does not answer: that is no answer of the face. */
export const isAway = (error: unknown): boolean => errorOf(error)?.code === "STORE_UNAVAILABLE";

export const placeOrderSteps = (
  { inventory, payments }: { inventory: InventoryFace; payments: PaymentsFace },
  record: PlaceOrderSteps["record"],
): PlaceOrderSteps => ({
  async reserve({ id, input }) {
    const { lines } = await inventory.reservations.reserve({
      orderId: id,
      lines: [...input.products],
    });
    return lines;
  },
  async release({ id, input }) {
    const productIds = input.products.map((product) => product.productId);
    await inventory.reservations.release({ orderId: id, productIds }, traced(input));
  },
  async charge({ id, input }) {
    const { totals, payment, secret } = input;
    const { method, status, tendered, change, ...captured } = await payments.charge(
      {
        orderId: id,
        amount: totals.total,
        payment:
          payment.method === "cash" ? payment : { method: "card", token: secret?.cardToken ?? "" },
      },
      traced(input),
    );
    return {
      id: captured.id,
      method,
      status,
      ...(tendered && { tendered }),
      ...(change && { change }),
    };
  },
  async reverse({ id, input }) {
    await payments.reverse({ orderId: id, reason: "The order was not placed" }, traced(input));
  },
  record,
});

export const cancelOrderSteps = (
  { payments }: { payments: PaymentsFace },
  own: Pick<CancelOrderSteps, "cancel" | "settle">,
): CancelOrderSteps => ({
  ...own,
  /** Takes back whatever the order's payment still holds: once, however often it is asked. */
  async refund({ subject, input }) {
    await payments.reverse({ orderId: subject, reason: input.reason }, traced(input));
  },
});
