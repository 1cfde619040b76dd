// Wires the modules to the platform and to each other: the only file that sees every module's front door.
// A module gets the faces that the manifest lists for it, and no other.
import { createAuth, type AuthTables } from "#modules/auth";
import {
  type contract as inventoryContract,
  createInventory,
  eventSources,
} from "#modules/inventory";
import { manifest, type ModuleName } from "#modules/manifest";
import { type contract as ordersContract, createOrders, type OrdersTables } from "#modules/orders";
import {
  type contract as paymentsContract,
  createPayments,
  type PaymentsTables,
} from "#modules/payments";
import {
  type contract as restaurantContract,
  createRestaurant,
  type RestaurantTables,
} from "#modules/restaurant";
import { createBus } from "#platform/bus";
import { defineStatement, type Postgres } from "#platform/db";
import type { Documents } from "#platform/documents";
import { createFace, systemPrincipal } from "#platform/http";
import type { Logger, Metrics } from "#platform/observability";
import {
  createMongoInbox,
  createMongoOutbox,
  createPostgresInbox,
  createPostgresOutbox,
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
  /** Of a listener, before an event becomes a dead letter. */
  readonly maxAttempts: number;
  readonly sampleStaffAllowed: boolean;
  readonly secure: boolean;
}

const ping = defineStatement<object>("app.ping", "select 1 as alive");

export type App = Awaited<ReturnType<typeof createApp>>;

export async function createApp(parts: AppParts) {
  const { postgres, documents, logger, metrics, clock, retentionDays } = parts;
  const bus = createBus();
  // Who relays is no news at the usual level.
  const calm = logger.child({}, { level: logger.level === "info" ? "warn" : logger.level });
  const events = { bus, logger: calm, metrics, retentionDays };
  const hearing = { ...events, retry: { attempts: parts.maxAttempts } };
  const face = { principal: systemPrincipal };
  const faceFor = (from: ModuleName, to: ModuleName) => ({
    ...face,
    onCall: () => metrics.counter("module_calls_total", { from, to }),
  });

  const postgresParts = <Tables>(module: ModuleName) => {
    const database = postgres.connect<Tables>(module);
    return { database, outbox: createPostgresOutbox<Tables>({ ...events, database }) };
  };

  const authDatabase = postgres.connect<AuthTables>("auth");
  const auth = createAuth({
    database: authDatabase,
    clock,
    sampleStaffAllowed: parts.sampleStaffAllowed,
    secure: parts.secure,
  });

  const connection = await documents.connect("inventory");
  const inventoryOutbox = createMongoOutbox({
    ...events,
    connection,
    publisher: "inventory",
    sources: eventSources,
  });
  const inventory = createInventory({ connection, outbox: inventoryOutbox, logger, clock });

  const paymentsParts = postgresParts<PaymentsTables>("payments");
  const payments = createPayments({ ...paymentsParts, clock });

  const restaurantParts = postgresParts<RestaurantTables>("restaurant");
  const restaurant = createRestaurant({ ...restaurantParts, clock });

  const ordersParts = postgresParts<OrdersTables>("orders");
  const orders = createOrders({
    ...ordersParts,
    inventory: createFace<typeof inventoryContract>(
      inventory.router,
      faceFor("orders", "inventory"),
    ),
    payments: createFace<typeof paymentsContract>(payments.router, faceFor("orders", "payments")),
    restaurant: createFace<typeof restaurantContract>(
      restaurant.router,
      faceFor("orders", "restaurant"),
    ),
    logger,
    clock,
    alone: parts.alone,
  });

  const outboxes = [
    paymentsParts.outbox,
    restaurantParts.outbox,
    ordersParts.outbox,
    inventoryOutbox,
  ];
  const inboxes = [
    createMongoInbox({ ...hearing, connection, subscriptions: inventory.subscriptions }),
    createPostgresInbox<RestaurantTables>({
      ...hearing,
      database: restaurantParts.database,
      subscriptions: restaurant.subscriptions,
    }),
    createPostgresInbox<OrdersTables>({
      ...hearing,
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
    picture: { manifest, postgres, collections: (module) => documents.describe(module), metrics },
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
    cachedReads: restaurant.cachedReads,
    guard: auth.guard,
    auth,
    system,
    /** What /readyz asks. */
    checks: {
      postgres: () => authDatabase.run(ping, []),
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
