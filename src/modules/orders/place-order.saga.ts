// The place-order saga: reserve → charge → record. Data, so that it can be validated at start-up and drawn.
// What it will cost is decided before it starts and stored with it, so every run of it charges the same amount.
import type { LocalizedText, Money } from "#platform/kernel";
import type { SagaDefinition, SagaRun } from "#platform/saga";
import type { OrderPayment, RestaurantClock, ServiceType } from "./events.js";
import type { PricedLine, Totals } from "./rules.js";

export interface PlaceOrderInput {
  readonly serviceType: ServiceType;
  readonly tableId?: string | undefined;
  readonly tableName?: string | undefined;
  readonly businessDate: string;
  /** Missing in sagas that an older version started. */
  readonly clock?: RestaurantClock | undefined;
  readonly placedAt: string;
  readonly placedBy: { readonly id: string; readonly name: string };
  readonly trace: string | null;
  readonly lines: readonly PricedLine[];
  readonly totals: Totals;
  readonly taxes: readonly { name: string; rate: string; inclusive: boolean; amount: number }[];
  readonly products: readonly { productId: string; quantity: number; unitPrice: Money }[];
  readonly payment: { method: "cash"; tendered: Money } | { method: "card" };
  /** Kept only while the saga runs. */
  readonly secret?: { readonly cardToken: string };
}

export interface PlaceOrderResults {
  /** As inventory knows each product at the moment of the reservation. */
  readonly reserved: readonly { productId: string; sku: string; name: LocalizedText }[];
  readonly payment: OrderPayment;
  readonly number: number;
}

export type PlaceOrderRun = SagaRun<PlaceOrderInput, PlaceOrderResults>;

/** What the saga needs of the modules it calls; each call is idempotent by the order's id. */
export interface PlaceOrderSteps {
  reserve(saga: PlaceOrderRun): Promise<PlaceOrderResults["reserved"]>;
  release(saga: PlaceOrderRun): Promise<void>;
  charge(saga: PlaceOrderRun): Promise<OrderPayment>;
  reverse(saga: PlaceOrderRun): Promise<void>;
  /** Ends the saga with the order in one transaction; answers with the receipt number. */
  record(saga: PlaceOrderRun): Promise<number>;
}

export const PLACE_ORDER = "orders.place-order.v1";

// `undo` may run when `run` never did, or before it lands: harmless twice, harmless alone, and it bars a late `run`.
export const placeOrderSaga = (
  steps: PlaceOrderSteps,
): SagaDefinition<PlaceOrderInput, PlaceOrderResults> => ({
  name: PLACE_ORDER,
  deadlineMs: 30_000,
  timedOut: {
    code: "PLACEMENT_TIMED_OUT",
    status: 503,
    message: "This took too long and was undone; nothing was taken. Please try again.",
  },
  steps: [
    {
      name: "reserve",
      timeoutMs: 5_000,
      run: async (saga) => ({ reserved: await steps.reserve(saga) }),
      undo: steps.release,
    },
    {
      name: "charge",
      timeoutMs: 20_000,
      run: async (saga) => ({ payment: await steps.charge(saga) }),
      undo: steps.reverse,
    },
    {
      name: "record",
      timeoutMs: 5_000,
      pivot: true,
      run: async (saga) => ({ number: await steps.record(saga) }),
    },
  ],
});

/** The lines with the names that inventory answered, and the payment: what the order will say for ever. */
export function sold(
  input: PlaceOrderInput,
  { reserved, payment }: Readonly<Partial<PlaceOrderResults>>,
) {
  if (!payment || !reserved) throw new Error("record needs the answers of reserve and charge");
  const snapshots = new Map(reserved.map((product) => [product.productId, product]));
  const lines = input.lines.map((line) => {
    const product = snapshots.get(line.productId);
    if (!product) throw new Error(`reserve did not answer for ${line.productId}`);
    return { ...line, modifiers: [...line.modifiers], sku: product.sku, name: product.name };
  });
  return { lines, payment };
}
