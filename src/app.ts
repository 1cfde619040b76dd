// Wires the modules to the platform and to each other: the only file that sees every module's front door.
// A module gets the faces that the manifest lists for it, and no other.
import { createAuth, type AuthTables } from "#modules/auth";
import { contract as inventoryContract, createInventory } from "#modules/inventory";
import { manifest, type ModuleName } from "#modules/manifest";
import { contract as ordersContract, createOrders, type OrdersTables } from "#modules/orders";
import { contract as paymentsContract, createPayments, type PaymentsTables } from "#modules/payments";
import { contract as restaurantContract, createRestaurant, type RestaurantTables } from "#modules/restaurant";
import { createBus } from "#platform/bus";
import type { Postgres } from "#platform/db";
import type { Documents } from "#platform/documents";
import { createFace, systemPrincipal } from "#platform/http";
import type { Logger, Metrics } from "#platform/observability";
import {
  createMongoInbox,
  createMongoOutbox,
  createPostgresInbox,
  createPostgresOutbox,
  openSession,
} from "#platform/outbox";
import { createSystem } from "./system/index.js";

export interface AppParts {
  readonly postgres: Postgres;
  readonly documents: Documents;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: () => Date;
  /** True when no other process can be running on this data. */
  readonly alone: boolean;
  readonly retentionDays: number;
  readonly sampleStaffAllowed: boolean;
  readonly secure: boolean;
}

export type App = Awaited<ReturnType<typeof createApp>>;

export async function createApp(parts: AppParts) {
  const { postgres, documents, logger, metrics, clock, retentionDays } = parts;
  const bus = createBus();
  const events = { bus, logger, metrics, retentionDays };
  const face = { principal: systemPrincipal };

  const postgresParts = <Tables>(module: ModuleName) => {
    const database = postgres.connect<Tables>(module);
    const outbox = createPostgresOutbox<Tables>({
      ...events,
      database,
      openSession: () =>
        openSession({ connectionString: postgres.connectionStringOf(module), schema: module }),
    });
    return { database, outbox };
  };

  const auth = createAuth({
    database: postgres.connect<AuthTables>("auth"),
    clock,
    sampleStaffAllowed: parts.sampleStaffAllowed,
    secure: parts.secure,
  });

  const connection = await documents.connect("inventory");
  const inventory = createInventory({
    connection,
    createOutbox: (sources) => createMongoOutbox({ ...events, connection, publisher: "inventory", sources }),
    logger,
    clock,
  });

  const paymentsParts = postgresParts<PaymentsTables>("payments");
  const payments = createPayments({ ...paymentsParts, clock });

  const restaurantParts = postgresParts<RestaurantTables>("restaurant");
  const restaurant = createRestaurant(restaurantParts);

  const ordersParts = postgresParts<OrdersTables>("orders");
  const orders = createOrders({
    ...ordersParts,
    inventory: createFace<typeof inventoryContract>(inventory.router, face),
    payments: createFace<typeof paymentsContract>(payments.router, face),
    restaurant: createFace<typeof restaurantContract>(restaurant.router, face),
    logger,
    clock,
    alone: parts.alone,
  });

  const outboxes = [paymentsParts.outbox, restaurantParts.outbox, ordersParts.outbox, inventory.outbox];
  const inboxes = [
    createMongoInbox({ ...events, connection, subscriptions: inventory.subscriptions }),
    createPostgresInbox<RestaurantTables>({
      ...events,
      database: restaurantParts.database,
      subscriptions: restaurant.subscriptions,
    }),
    createPostgresInbox<OrdersTables>({
      ...events,
      database: ordersParts.database,
      subscriptions: orders.subscriptions,
    }),
  ];

  const system = createSystem({
    inventory: createFace<typeof inventoryContract>(inventory.router, face),
    payments: createFace<typeof paymentsContract>(payments.router, face),
    restaurant: createFace<typeof restaurantContract>(restaurant.router, face),
    orders: createFace<typeof ordersContract>(orders.router, face),
    outboxes,
    inboxes,
    clock,
  });

  return {
    modules: Object.keys(manifest) as ModuleName[],
    routers: {
      auth: auth.router,
      inventory: inventory.router,
      orders: orders.router,
      payments: payments.router,
      restaurant: restaurant.router,
      system: system.router,
    },
    guard: auth.guard,
    auth,
    system,
    /** What /readyz asks. */
    checks: {
      postgres: () => postgres.ping(),
      documents: () => documents.ping(),
      events: () => system.checkEvents(),
    },
    async start(): Promise<void> {
      await inventory.start();
      for (const inbox of inboxes) inbox.start();
      for (const outbox of outboxes) outbox.start();
      await orders.start();
      await auth.start();
    },
    /** Sagas first, since they publish; then the relays, and the inboxes that they feed. */
    async stop(): Promise<void> {
      await orders.stop();
      await auth.stop();
      await Promise.all(outboxes.map((outbox) => outbox.stop()));
      await Promise.all(inboxes.map((inbox) => inbox.stop()));
      await inventory.stop();
    },
  };
}
