// Across all modules, through their faces only: reconciliation, and the import of a whole restaurant.
import { isDeepStrictEqual } from "node:util";
import type { AuditFace } from "#modules/audit";
import type { InventoryFace } from "#modules/inventory";
import type { OrdersFace } from "#modules/orders";
import type { PaymentsFace } from "#modules/payments";
import type { RestaurantFace } from "#modules/restaurant";
import { implementContract } from "#platform/http";
import { contract, type Reconciliation } from "./contract.js";
import { createEvents, type SystemInbox, type SystemOutbox } from "./events.js";
import { createEventsRouter } from "./events-router.js";
import { createEntries, type Entries } from "./entries.js";
import type { Flow } from "./flow.js";
import { importRestaurant } from "./import.js";
import { describeSystem, type PictureParts } from "./modules.js";
import { pairById, readByCursor, readById } from "./pages.js";
import { type Books, reconcile } from "./reconcile.js";
import { readStory } from "./story/index.js";

export interface SystemParts {
  readonly audit: AuditFace;
  readonly inventory: InventoryFace;
  readonly payments: PaymentsFace;
  readonly restaurant: RestaurantFace;
  readonly orders: OrdersFace;
  readonly outboxes: readonly SystemOutbox[];
  readonly inboxes: readonly SystemInbox[];
  readonly flow: Flow;
  readonly picture: Omit<PictureParts, "flow" | "clock">;
  readonly clock: () => Date;
}

const PAGE = 1_000;
const PRODUCT_PAGE = 500;

export function createSystem(parts: SystemParts) {
  const { inventory, payments, restaurant, orders, outboxes, inboxes, clock } = parts;
  const system = implementContract(contract);
  const events = createEvents(parts);

  /** Whatever is sold, taken back or paid changes them. */
  const summarize = async () => ({
    orders: await orders.books.summary(),
    payments: await payments.books.summary(),
  });

  async function checkBooks(): Promise<Reconciliation> {
    // Sagas and events first: what ends while the books are read is then looked at with open eyes, not taken as lost.
    const before = await summarize();
    const found = reconcile(await readBooks(before), clock());
    if (found.differences.length === 0) return found;
    // What began meanwhile stands in the books that were read last, and in no other.
    return { ...found, quiet: found.quiet && isDeepStrictEqual(before, await summarize()) };
  }

  async function readBooks(before: Awaited<ReturnType<typeof summarize>>): Promise<Books> {
    const summary = before.orders;
    const published = await Promise.all(outboxes.map((outbox) => outbox.status()));
    const heard = (await Promise.all(inboxes.map((inbox) => inbox.status()))).flat();
    const held = new Set((await readReservations()).map(({ orderId }) => orderId));
    return {
      ...(await readEntries(held)),
      orderFaults: summary.faults,
      paymentFaults: before.payments.faults,
      openSagas: summary.openSagas,
      abandonedSagas: summary.abandonedSagas,
      stock: await readByCursor((cursor) =>
        inventory.stock.summary({ limit: PRODUCT_PAGE, ...(cursor && { cursor }) }),
      ),
      // Of an order that began since then nothing can be said yet.
      reservations: (await readReservations()).filter(({ orderId }) => held.has(orderId)),
      pendingEvents:
        total(
          published.map(
            ({ backlog, subscriptions }) =>
              backlog + total(subscriptions.map((one) => one.backlog)),
          ),
        ) + total(heard.map((one) => one.waiting + one.held + one.queued)),
      deadLetters: total(heard.map((one) => one.dead)),
    };
  }

  function readReservations() {
    return readByCursor((cursor) =>
      inventory.reservations.list({ limit: PRODUCT_PAGE, ...(cursor && { cursor }) }),
    );
  }

  async function readEntries(held: ReadonlySet<string>): Promise<Entries> {
    const idOf = ({ orderId }: { readonly orderId: string }) => orderId;
    const { add, entries } = createEntries(held);
    const sales = readById(
      (after) => orders.books.page({ limit: PAGE, ...(after && { after }) }),
      idOf,
      PAGE,
    );
    const money = readById(
      (after) => payments.books.page({ limit: PAGE, ...(after && { after }) }),
      idOf,
      PAGE,
    );
    for await (const [order, payment] of pairById(sales, money, idOf)) add(order, payment);
    return entries();
  }

  return {
    importRestaurant: (
      file: Parameters<typeof importRestaurant>[0],
      onProgress?: (done: number) => void,
    ) =>
      importRestaurant(
        file,
        {
          products: (request) => inventory.products.import(request),
          settings: (settings) => restaurant.settle(settings),
        },
        onProgress,
      ),
    restaurantStatus: () => restaurant.status(),
    /** Rejects when a relay stands still, and says which. */
    checkEvents: () => events.check(),
    /** Sets the gauges of backlogs and dead letters. */
    collectEvents: () => events.collect(),
    router: system.router({
      events: createEventsRouter(events, parts.flow),
      story: {
        get: system.story.get.handler(async ({ input, errors }) => {
          const story = await readStory(parts, input.id);
          if (!story) throw errors.NOT_FOUND();
          return story;
        }),
      },
      modules: system.modules.handler(() => describeSystem({ ...parts, ...parts.picture })),
      reconcile: system.reconcile.handler(checkBooks),
    }),
  };
}

const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
