// Lays what the modules say of an order into one list in order of time. Pure.
import type { AuditFace } from "#modules/audit";
import type { InventoryFace } from "#modules/inventory";
import type { OrdersFace } from "#modules/orders";
import type { Story, StoryEntry } from "./contract.js";
import { entriesOfListeners, entryOfEvent, type Heard, madeAt } from "./events.js";
import { entriesOfMoney, type MoneyOfStory } from "./money.js";
import { entriesOfSaga, type SagaOfStory } from "./saga.js";

export type OrderOfStory = Awaited<ReturnType<OrdersFace["get"]>>;
export type MovementOfStory = Awaited<ReturnType<InventoryFace["movements"]["byOrder"]>>[number];
export type ActionOfStory = Awaited<ReturnType<AuditFace["list"]>>["items"][number];

export interface Telling extends Heard {
  readonly orderId: string;
  readonly now: string;
  readonly order?: OrderOfStory | undefined;
  readonly sagas: readonly SagaOfStory[];
  readonly money?: MoneyOfStory | undefined;
  readonly movements: readonly MovementOfStory[];
  readonly actions: readonly ActionOfStory[];
  readonly missing: readonly string[];
}

/** Undefined when nothing is known of it. */
export function tellStory(told: Telling): Story | undefined {
  const logged = new Set(told.actions.map(({ eventId }) => eventId));
  const entries = [
    ...told.sagas.flatMap((saga) => entriesOfSaga(saga, told.now)),
    ...entriesOfMoney(told.money),
    ...told.movements.map((movement) => entryOfMovement(movement, told)),
    ...told.actions.map(entryOfAction),
    // What people did is told better by the log.
    ...told.events.filter(({ event }) => !logged.has(event.id)).map(entryOfEvent),
    ...entriesOfListeners(told),
  ].toSorted(inOrder);
  const first = entries[0];
  if (!first) return undefined;
  const ends = entries.map(({ at, tookMs = 0 }) => Date.parse(at) + tookMs);
  const traces = told.sagas.flatMap(({ trace }) => trace ?? []);
  const { order } = told;
  return {
    orderId: told.orderId,
    ...(order && { number: order.number, status: order.status, total: order.totals.total }),
    from: first.at,
    to: new Date(Math.max(...ends)).toISOString(),
    traces: [...new Set(traces)],
    entries,
    missing: [...told.missing],
  };
}

/** What caused comes before what it caused, where the clock shows the same. */
const RANK: readonly StoryEntry["kind"][] = [
  "action",
  "saga",
  "step",
  "payment",
  "gateway",
  "refund",
  "event",
  "movement",
  "ticket",
  "delivery",
  "failure",
];
const inOrder = (one: StoryEntry, other: StoryEntry): number =>
  Date.parse(one.at) - Date.parse(other.at) ||
  RANK.indexOf(one.kind) - RANK.indexOf(other.kind) ||
  (one.id < other.id ? -1 : 1);

const SOLD_BY = /^orders\.order-placed\./;
const UNDONE_BY = /^orders\.order-cancelled\./;

/** It is dated as the order or its cancelling is, which began before the event that moved the stock was told. */
function entryOfMovement(movement: MovementOfStory, { order, events }: Telling): StoryEntry {
  const { id, productId, type, quantity, reason, actor, at } = movement;
  const name = order?.lineItems.find((line) => line.productId === productId)?.name.en ?? productId;
  const cause = events.find(({ event }) =>
    (type === "sold" ? SOLD_BY : UNDONE_BY).test(event.name),
  )?.event;
  const told = cause ? madeAt(cause.id) : at;
  return {
    id,
    module: "inventory",
    kind: "movement",
    at: told > at ? told : at,
    title: `${name} ${quantity > 0 ? "+" : ""}${quantity} ${type}`,
    detail: [actor.name, reason].filter((text) => text !== "").join(": "),
    outcome: "done",
    ...(cause && { parent: cause.id }),
  };
}

function entryOfAction(entry: ActionOfStory): StoryEntry {
  const { eventId, module, action, at, actor, approvedBy, reason } = entry;
  const who = approvedBy ? `${actor.name}, approved by ${approvedBy.name}` : actor.name;
  return {
    id: eventId,
    module,
    kind: "action",
    at,
    title: action,
    detail: reason === undefined ? who : `${who}: ${reason}`,
    outcome: "done",
  };
}
