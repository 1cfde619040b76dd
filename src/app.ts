// Wires the modules to the platform and to each other: the only file that sees every module's front door.
// A module gets the faces that the manifest lists for it, and no other.
import { type AuditFace, type AuditTables, createAudit } from "#modules/audit";
import { type AuthTables, createAuth } from "#modules/auth";
import { createInventory, eventSources, type InventoryFace } from "#modules/inventory";
import { createKitchen, type KitchenTables } from "#modules/kitchen";
import { manifest, type ModuleName } from "#modules/manifest";
import { createOrders, type OrdersFace, type OrdersTables } from "#modules/orders";
import { createPayments, type PaymentsFace, type PaymentsTables } from "#modules/payments";
import { createReporting, reportingPools, type ReportingTables } from "#modules/reporting";
import { createRestaurant, type RestaurantFace, type RestaurantTables } from "#modules/restaurant";
import { createBus } from "#platform/bus";
import {
  type Database,
  defineStatement,
  type PoolOptions,
  type Postgres,
  type Transaction,
} from "#platform/db";
import type { Documents } from "#platform/documents";
import { createForeground } from "#platform/kernel";
import type { Logger, Metrics } from "#platform/observability";
import {
  createCalls,
  createMongoInbox,
  createMongoOutbox,
  createPostgresInbox,
  createPostgresOutbox,
  failureSource,
  type Inbox,
  type OutboxControl,
  type Subscription,
} from "#platform/outbox";
import { createGrants } from "./grants.js";
import { createLiveStream } from "./stream/index.js";
import { createFlow } from "./system/flow.js";
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
  readonly reportTimeoutSeconds: number;
  readonly sampleStaffAllowed: boolean;
  readonly secure: boolean;
}

/** The faces that somebody may call. */
interface Faces {
  readonly audit: AuditFace;
  readonly inventory: InventoryFace;
  readonly orders: OrdersFace;
  readonly payments: PaymentsFace;
  readonly restaurant: RestaurantFace;
}

const ping = defineStatement<object>("app.ping", "select 1 as alive");

export type App = Awaited<ReturnType<typeof createApp>>;

export async function createApp(parts: AppParts) {
  const { postgres, documents, logger, clock, retentionDays } = parts;
  const flow = createFlow(parts.metrics);
  const { metrics } = flow;
  const bus = createBus();
  // Who relays is no news at the usual level.
  const calm = logger.child({}, { level: logger.level === "info" ? "warn" : logger.level });
  const foreground = createForeground();
  const events = { bus, logger: calm, metrics, foreground, retentionDays };
  const hearing = { ...events, retry: { attempts: parts.maxAttempts } };
  const outboxes: OutboxControl[] = [];
  const inboxes: Inbox<never>[] = [];
  const grants = createGrants<typeof manifest, Faces>(manifest, (from, to) =>
    metrics.counter("module_calls_total", { from, to }),
  );

  const publishing = <Tables>(module: ModuleName, pool?: Partial<PoolOptions>) => {
    const database = postgres.connect<Tables>(module, pool);
    const outbox = createPostgresOutbox<Tables>({ ...events, database });
    outboxes.push(outbox);
    return { database, outbox };
  };
  const hear = <Tables>(
    database: Database<Tables>,
    subscriptions: readonly Subscription<Transaction<Tables>>[],
  ) => {
    inboxes.push(createPostgresInbox<Tables>({ ...hearing, database, subscriptions }));
    // What people do to its stored events, a module tells itself, even one that tells nothing else.
    if (!outboxes.some(({ publisher }) => publisher === database.module))
      outboxes.push(createPostgresOutbox<Tables>({ ...events, database }));
  };

  const authParts = publishing<AuthTables>("auth");
  const auth = grants.register(
    createAuth({
      ...authParts,
      clock,
      sampleStaffAllowed: parts.sampleStaffAllowed,
      secure: parts.secure,
    }),
  );

  const connection = await documents.connect("inventory");
  const inventoryOutbox = createMongoOutbox({
    ...events,
    connection,
    publisher: "inventory",
    sources: [...eventSources, failureSource],
    // MongoDB has no way to call another process.
    calls: parts.alone ? undefined : createCalls(authParts.database),
  });
  outboxes.push(inventoryOutbox);
  const inventory = grants.register(
    createInventory({ connection, outbox: inventoryOutbox, logger, clock }),
  );
  inboxes.push(
    createMongoInbox({ ...hearing, connection, subscriptions: inventory.subscriptions }),
  );

  const paymentsParts = publishing<PaymentsTables>("payments");
  const payments = grants.register(createPayments({ ...paymentsParts, clock }));

  const restaurantParts = publishing<RestaurantTables>("restaurant");
  const restaurant = grants.register(createRestaurant({ ...restaurantParts, clock }));
  hear(restaurantParts.database, restaurant.subscriptions);

  const ordersParts = publishing<OrdersTables>("orders");
  const orders = grants.register(
    createOrders({
      ...ordersParts,
      ...grants.facesFor("orders"),
      logger,
      metrics,
      clock,
      alone: parts.alone,
    }),
  );
  hear(ordersParts.database, orders.subscriptions);

  const kitchenParts = publishing<KitchenTables>("kitchen");
  const kitchen = grants.register(createKitchen({ ...kitchenParts, clock }));
  hear(kitchenParts.database, kitchen.subscriptions);

  const reportingPool = reportingPools(parts.reportTimeoutSeconds);
  const reportingParts = publishing<ReportingTables>("reporting", reportingPool.own);
  const reading = postgres.connect<ReportingTables>("reporting", reportingPool.reading);
  const reporting = grants.register(createReporting({ ...reportingParts, reading, logger, clock }));
  hear(reportingParts.database, reporting.subscriptions);

  const auditParts = publishing<AuditTables>("audit");
  const audit = grants.register(createAudit({ ...auditParts, modules: manifest.audit.hears }));
  hear(auditParts.database, audit.subscriptions);

  const system = createSystem({
    ...grants.allFaces("system"),
    outboxes,
    inboxes,
    flow,
    picture: { manifest, postgres, documents, metrics },
    clock,
  });

  const stream = createLiveStream({
    outboxes,
    signals: parts.alone ? undefined : authParts.database,
    // A screen that hears of another process's change must not be served what this one knew before.
    onNews: parts.alone ? () => undefined : restaurant.expire,
    recheck: auth.recheck,
    logger,
    metrics,
  });
  auth.onSessionsChanged(() => void stream.recheck());

  metrics.onCollect(() => system.collectEvents());
  metrics.onCollect(() => stream.collect());
  grants.refuseUnheard(inboxes);

  return {
    modules: Object.keys(manifest) as ModuleName[],
    routers: {
      auth: auth.router,
      inventory: inventory.router,
      orders: orders.router,
      payments: payments.router,
      restaurant: restaurant.router,
      kitchen: kitchen.router,
      reporting: reporting.router,
      audit: audit.router,
      system: system.router,
      stream: stream.router,
    },
    /** What a module's subscriptions listen to. */
    heard: grants.heard,
    subscriptions: inboxes.flatMap((inbox) => inbox.subscriptions),
    cachedReads: restaurant.cachedReads,
    eventStream: stream.eventStream,
    guard: auth.guard,
    foreground,
    auth,
    system,
    /** What /readyz asks. */
    checks: {
      postgres: () => authParts.database.run(ping, []),
      documents: () => documents.ping(),
      events: () => system.checkEvents(),
    },
    async start(): Promise<void> {
      await documents.claim(await restaurant.identity());
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
      await stream.stop();
      await reporting.stop();
      await Promise.all(outboxes.map((outbox) => outbox.stop()));
      await Promise.all(inboxes.map((inbox) => inbox.stop()));
      await inventory.stop();
    },
  };
}
