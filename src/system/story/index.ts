// Gathers what every module says of one order: on their faces, and from the outboxes and inboxes that they have. One that
// does not answer is named, and the rest of the story is told.
import type { AuditFace } from "#modules/audit";
import type { InventoryFace } from "#modules/inventory";
import type { OrdersFace } from "#modules/orders";
import type { PaymentsFace } from "#modules/payments";
import { errorOf } from "#platform/contract";
import type { SystemInbox, SystemOutbox } from "../events.js";
import type { Story } from "./contract.js";
import type { EventOfStory } from "./events.js";
import { tellStory } from "./tell.js";

export interface StoryParts {
  readonly audit: Pick<AuditFace, "list">;
  readonly inventory: Pick<InventoryFace, "movements">;
  readonly orders: Pick<OrdersFace, "get" | "sagas">;
  readonly payments: Pick<PaymentsFace, "byOrder">;
  readonly outboxes: readonly Pick<SystemOutbox, "publisher" | "find">[];
  readonly inboxes: readonly Pick<SystemInbox, "subscriptions" | "list" | "deliveries">[];
  readonly clock: () => Date;
}

const SAGAS = 50;
const EVENTS = 500;
const FAILURES = 200;
const ACTIONS = 100;

/** Undefined when nobody knows anything of it.
 *  @throws what a module threw, when nothing is known of it elsewhere */
export async function readStory(parts: StoryParts, orderId: string): Promise<Story | undefined> {
  const { audit, inventory, orders, payments, outboxes, inboxes, clock } = parts;
  const missing: string[] = [];
  const failures: Error[] = [];
  async function ask<T>(whom: string, question: () => Promise<T>): Promise<T | undefined> {
    try {
      return await question();
    } catch (error) {
      failures.push(error as Error);
      missing.push(`${whom}: does not answer now`);
      return undefined;
    }
  }

  const [order, sagas, money, movements, actions] = await Promise.all([
    ask("orders", () => orders.get({ id: orderId }).catch(unlessUnknown)),
    ask("sagas", () => orders.sagas.list({ orderId, limit: SAGAS })),
    ask("payments", () => payments.byOrder({ orderId })),
    ask("stock movements", () => inventory.movements.byOrder({ orderId })),
    ask("the audit log", () => audit.list({ subject: orderId, limit: ACTIONS })),
  ]);
  if (order && sagas?.items.length === 0)
    missing.push("sagas: ended ones are forgotten after 30 days");

  const traces = new Set(sagas?.items.flatMap(({ trace }) => trace ?? []));
  const found = await Promise.all(
    outboxes.map((outbox) =>
      ask(`events of ${outbox.publisher}`, async () => {
        // By the order, and by the requests that placed and cancelled it: stock is told by product.
        const queries = [{ key: orderId }, ...[...traces].map((trace) => ({ trace }))];
        const answers = await Promise.all(
          queries.map((query) => outbox.find({ ...query, limit: EVENTS })),
        );
        if (answers.some((answer) => answer.length === EVENTS))
          missing.push(`events of ${outbox.publisher}: only the first ${EVENTS} are told`);
        return answers.flat();
      }),
    ),
  );
  const events = new Map<string, EventOfStory>();
  for (const one of found.flatMap((answer) => answer ?? [])) events.set(one.event.id, one);

  const ids = [...events.keys()];
  const keys = new Set([...events.values()].map(({ event }) => event.key));
  const heard = await Promise.all(
    inboxes.map((inbox) =>
      ask(`deliveries to ${inbox.subscriptions.map(({ name }) => name).join(", ")}`, async () => {
        const [deliveries, ...failures] = await Promise.all([
          ids.length > 0 ? inbox.deliveries(ids) : [],
          ...[...keys].map((key) => inbox.list({ key, limit: FAILURES })),
        ]);
        return { deliveries, failures: failures.flat() };
      }),
    ),
  );

  const story = tellStory({
    orderId,
    now: clock().toISOString(),
    order,
    sagas: sagas?.items ?? [],
    money,
    movements: movements ?? [],
    actions: actions?.items ?? [],
    events: [...events.values()],
    deliveries: heard.flatMap((one) => one?.deliveries ?? []),
    failures: heard.flatMap((one) => one?.failures ?? []),
    missing,
  });
  // Who found nothing because somebody does not answer has not found that there is nothing.
  if (!story && failures[0]) throw failures[0];
  return story;
}

/** An order that was refused was never recorded: that is no failure to answer. */
function unlessUnknown(error: unknown): undefined {
  if (errorOf(error)?.code === "NOT_FOUND") return undefined;
  throw error;
}
