// Goes through all orders with their payments, one after the other, and keeps what may be a difference. So it holds what
// is wrong or under way, however many years a restaurant has been open. Pure.
import { sum } from "#platform/kernel";

export interface OrderEntry {
  readonly orderId: string;
  readonly paymentId: string;
  readonly total: number;
  readonly status: string;
  readonly paymentStatus: string;
  /** Portions by product. */
  readonly quantities: Readonly<Record<string, number>>;
  /** What does not add up in it alone. */
  readonly faults: readonly string[];
}
export interface PaymentEntry {
  readonly orderId: string;
  readonly paymentId: string;
  readonly captured: number;
  readonly refunded: number;
  /** Of that, what people gave back of an order that stands. */
  readonly givenBack: number;
  /** The gateway has not answered for a minute: it may have taken the money. */
  readonly unanswered: boolean;
  /** When what is kept last became more. */
  readonly keptSince: string;
  readonly faults: readonly string[];
}

/** Sums of all, and of the entries those that are looked at once more. */
export interface Entries {
  readonly counts: {
    readonly orders: number;
    readonly cancelled: number;
    readonly captured: number;
    readonly refunded: number;
    /** Of orders that were not cancelled. */
    readonly ordersTotal: number;
  };
  readonly soldByProduct: Readonly<Record<string, number>>;
  readonly orders: readonly OrderEntry[];
  readonly payments: readonly PaymentEntry[];
}

/** Once nothing is under way. */
export const PAYMENT_STATUS: Readonly<Record<string, string>> = {
  placed: "captured",
  cancelled: "refunded",
};

/** What was taken and not given back, and what should have been. */
export function moneyOf(order: OrderEntry, payment: PaymentEntry | undefined) {
  const kept = payment ? payment.captured - payment.refunded : 0;
  const rest = order.total - (payment?.givenBack ?? 0);
  return { kept, rest, due: order.status === "cancelled" ? 0 : rest };
}

/** Nothing can be wrong with these two, whatever else is in the books. */
function agree(order: OrderEntry | undefined, payment: PaymentEntry | undefined): boolean {
  if ([...(order?.faults ?? []), ...(payment?.faults ?? [])].length > 0) return false;
  if (!order) return !payment || (payment.captured === payment.refunded && !payment.unanswered);
  const { kept, due } = moneyOf(order, payment);
  return (
    payment?.paymentId === order.paymentId &&
    kept === due &&
    PAYMENT_STATUS[order.status] === order.paymentStatus
  );
}

/** `held`: orders that hold stock; they are kept, too. */
export function createEntries(held: ReadonlySet<string>) {
  const counts = { orders: 0, cancelled: 0, captured: 0, refunded: 0, ordersTotal: 0 };
  const sold = new Map<string, number>();
  const orders: OrderEntry[] = [];
  const payments: PaymentEntry[] = [];
  return {
    /** An order and its payment, or one of them that is without the other. */
    add(order: OrderEntry | undefined, payment: PaymentEntry | undefined): void {
      if (order) {
        counts.orders += 1;
        if (order.status === "cancelled") counts.cancelled += 1;
        if (order.status === "placed") {
          counts.ordersTotal = sum([counts.ordersTotal, order.total]);
          for (const [productId, quantity] of Object.entries(order.quantities))
            sold.set(productId, (sold.get(productId) ?? 0) + quantity);
        }
      }
      counts.captured = sum([counts.captured, payment?.captured ?? 0]);
      counts.refunded = sum([counts.refunded, payment?.refunded ?? 0]);
      if (agree(order, payment) && !(order && held.has(order.orderId))) return;
      if (order) orders.push(order);
      if (payment) payments.push(payment);
    },
    entries: (): Entries => ({ counts, soldByProduct: Object.fromEntries(sold), orders, payments }),
  };
}
