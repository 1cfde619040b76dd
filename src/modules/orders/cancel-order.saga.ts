// The cancel-order saga: cancel → refund → settle. Its first step is its pivot: an order that reads `cancelled` never
// becomes `placed` again, so whoever hears of it may rely on it. A refund cannot be undone, so nothing that could still
// be refused stands behind it: from the pivot on the money is only asked for until it is back.
// Stock and kitchen hear the event of the pivot.
import type { SagaDefinition, SagaRun } from "#platform/saga";
import type { RestaurantClock, StockOutcome } from "./events.js";

export interface CancelOrderInput {
  /** As the person saw the order; null: whatever it is. */
  readonly version: number | null;
  readonly reason: string;
  /** One for each line of the order. */
  readonly outcomes: readonly { readonly id: string; readonly outcome: StockOutcome }[];
  readonly cancelledOn: string;
  /** Missing in sagas of an earlier version only. */
  readonly clock?: RestaurantClock;
  readonly cancelledAt: string;
  readonly cancelledBy: { readonly id: string; readonly name: string; readonly role: string };
  readonly approvedBy: { readonly id: string; readonly name: string } | null;
  /** The network address it was asked from; null where no network was. */
  readonly from: string | null;
  readonly trace: string;
}

/** `subject` is the order. */
export type CancelOrderRun = SagaRun<CancelOrderInput, object>;

/** What the saga needs; each is idempotent by the order's id. */
export interface CancelOrderSteps {
  /** The order reads `cancelled`, and it is told, in one transaction with the saga's pivot. */
  cancel(saga: CancelOrderRun): Promise<void>;
  refund(saga: CancelOrderRun): Promise<void>;
  /** The order reads `refunded`, in one transaction with the saga's end. */
  settle(saga: CancelOrderRun): Promise<void>;
}

export const CANCEL_ORDER = "orders.cancel-order.v1";

const nothing = () => ({});

export const cancelOrderSaga = (
  steps: CancelOrderSteps,
): SagaDefinition<CancelOrderInput, object> => ({
  name: CANCEL_ORDER,
  deadlineMs: 30_000,
  timedOut: {
    code: "CANCELLATION_TIMED_OUT",
    status: 503,
    message: "This took too long and was not done; the order stands. Please try again.",
  },
  steps: [
    {
      name: "cancel",
      timeoutMs: 5_000,
      pivot: true,
      run: (saga) => steps.cancel(saga).then(nothing),
    },
    {
      name: "refund",
      timeoutMs: 20_000,
      run: (saga) => steps.refund(saga).then(nothing),
    },
    {
      name: "settle",
      timeoutMs: 5_000,
      run: (saga) => steps.settle(saga).then(nothing),
    },
  ],
});
