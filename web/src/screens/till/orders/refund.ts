// What a cancelled order says of its money: it is back, on its way, or waits for a person.
import type { Order } from "../../../../../src/modules/orders/contract.js";

export function refundWords({
  payment,
  cancellation,
}: Pick<Order, "payment"> & {
  cancellation?: Pick<NonNullable<Order["cancellation"]>, "attention"> | undefined;
}) {
  if (payment.status === "refunded") return "orders.cancelled";
  if (payment.status === "refund-abandoned") return "orders.refund-settled";
  return cancellation?.attention === undefined ? "orders.refund-pending" : "orders.refund-stuck";
}
