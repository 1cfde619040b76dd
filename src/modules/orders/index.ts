// The front door of orders (the POS core): its contract and its maker.
import type { InventoryFace } from "#modules/inventory";
import type { PaymentsFace } from "#modules/payments";
import type { RestaurantFace } from "#modules/restaurant";
import type { Face } from "#platform/contract";
import type { Transaction } from "#platform/db";
import type { Logger, Metrics } from "#platform/observability";
import type { Outbox } from "#platform/outbox";
import { createSagas } from "#platform/saga";
import { cancelOrderSaga } from "./cancel-order.saga.js";
import { createCancelling } from "./commands/cancel-order.js";
import { releaseLeftovers } from "./commands/release-leftovers.js";
import { createRecorder } from "./commands/place-order.js";
import { contract } from "./contract.js";
import { subscriptions } from "./listeners.js";
import { placeOrderSaga } from "./place-order.saga.js";
import { createRouter } from "./router.js";
import type { OrderingRules } from "./rules.js";
import type { OrdersDatabase, OrdersTables } from "./schema.js";
import { asRefusal, cancelOrderSteps, isAway, placeOrderSteps } from "./steps.js";

export { contract };
export type { Saga } from "./contract.js";
export type { OrdersTables };
export type OrdersFace = Face<typeof contract>;

export interface OrdersParts {
  readonly database: OrdersDatabase;
  readonly outbox: Outbox<Transaction<OrdersTables>>;
  readonly inventory: InventoryFace;
  readonly payments: PaymentsFace;
  readonly restaurant: RestaurantFace;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: () => Date;
  /** True when no other process can be running on this data. */
  readonly alone: boolean;
}

const RULES_MAX_AGE_MS = 5_000;
const SWEEP_EVERY_MS = 60_000;

export function createOrders({
  database,
  outbox,
  restaurant,
  logger,
  metrics,
  clock,
  alone,
  ...faces
}: OrdersParts) {
  const record = createRecorder(database, outbox);
  const sagas = createSagas({
    database,
    definitions: [
      placeOrderSaga(placeOrderSteps(faces, record)),
      cancelOrderSaga(cancelOrderSteps(faces, createCancelling(database, outbox))),
    ],
    asRefusal,
    isAway,
    logger,
    metrics,
    alone,
  });

  let current: { readonly asked: number; readonly rules: Promise<OrderingRules> } | undefined;
  /** In memory: asked again when the restaurant says that its settings changed. Also after a while, because only one
   *  of several processes hears that. */
  const rules = () => {
    if (!current || performance.now() - current.asked > RULES_MAX_AGE_MS) {
      const asking = { asked: performance.now(), rules: restaurant.getOrderingRules() };
      asking.rules.catch(() => {
        if (current === asking) current = undefined;
      });
      current = asking;
    }
    return current.rules;
  };
  const forgetRules = () => {
    current = undefined;
  };

  let timer: NodeJS.Timeout | undefined;
  let sweeping = Promise.resolve();
  async function sweep(): Promise<void> {
    try {
      const released = await releaseLeftovers({ database, clock, ...faces });
      if (released > 0) {
        logger.warn({ released }, "gave back stock of orders that can no longer be placed");
      }
    } catch (error) {
      logger.warn({ error }, "looking for left-over reservations failed; tried again in a minute");
    }
  }

  return {
    name: "orders" as const,
    router: createRouter({ database, sagas, outbox, rules, clock }),
    subscriptions: subscriptions(database, forgetRules),
    sagas,
    async start(): Promise<void> {
      await sagas.begin();
      timer = setInterval(() => {
        sweeping = sweeping.then(sweep);
      }, SWEEP_EVERY_MS);
      timer.unref();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await sweeping;
      await sagas.drain(10_000);
    },
  };
}
