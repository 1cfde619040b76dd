// What changes the kitchen: orders that arrive or are cancelled, and what cooks do. One function, one transaction.
import type { Transaction } from "#platform/db";
import { type ActionBy, type EventEnvelope, newId } from "#platform/kernel";
import { KitchenActionTaken, TicketChanged } from "./events.js";
import {
  findLastServed,
  findRecalled,
  lockRecall,
  lockTicket,
  lockTicketsOfOrders,
  makeTickets,
  noteCancellations,
  saveTickets,
} from "./repository.js";
import {
  auditedAs,
  cancel,
  type Decision,
  type PlacedOrder,
  recall,
  ticketsOf,
  type TicketState,
  toTicket,
} from "./rules.js";
import type { KitchenDatabase, KitchenTables } from "./schema.js";

type Tx = Transaction<KitchenTables>;

export interface KitchenParts {
  readonly database: KitchenDatabase;
  readonly outbox: {
    add(tx: Tx, events: readonly EventEnvelope[]): Promise<void>;
    wake(): void;
  };
  readonly clock: () => Date;
}

export interface By {
  readonly id: string;
  readonly name: string;
}

/** Who did it, and the request that it belongs to. */
export interface Who {
  readonly by: By;
  readonly trace: string | null;
}

/** Who pressed, with what the audit log wants to know; null where no person did. */
export interface Cook extends Who {
  readonly press: ActionBy | null;
}

export type Outcome = Decision | { readonly kind: "stale"; readonly ticket: TicketState };

type Changed = Extract<Decision, { kind: "changed" }>;

const told = ({ ticket, change, lineId }: Omit<Changed, "kind">, { by, trace }: Who) =>
  TicketChanged.create(
    { ticket: toTicket(ticket), change, ...(lineId !== undefined && { lineId }), by },
    { trace, occurredAt: ticket.changedAt },
  );

/** Undefined for what is not audited. */
function actionOf(
  { ticket, change, lineId }: Omit<Changed, "kind">,
  { press, trace }: Cook,
): EventEnvelope | undefined {
  const action = auditedAs(change);
  if (action === undefined || !press) return undefined;
  const { id, orderId, station, number, status, changedAt } = ticket;
  return KitchenActionTaken.create(
    {
      ...press,
      action,
      subject: { type: "ticket", id, name: `#${number} ${station}` },
      at: changedAt.toISOString(),
      details: { orderId, status, ...(lineId !== undefined && { lineId }) },
    },
    { trace, occurredAt: changedAt },
  );
}

async function save(
  { database, outbox }: KitchenParts,
  decision: Decision,
  cook: Cook,
  tx: Tx,
): Promise<void> {
  if (decision.kind !== "changed") return;
  await saveTickets(database, [decision.ticket], tx);
  const action = actionOf(decision, cook);
  await outbox.add(tx, [told(decision, cook), ...(action ? [action] : [])]);
}

/** Does to the ticket what `decide` says, if it still is as the screen showed it; a stale press changes nothing. */
export async function changeTicket(
  parts: KitchenParts,
  { id, version }: { id: string; version: number },
  decide: (ticket: TicketState, now: Date) => Decision,
  cook: Cook,
): Promise<Outcome> {
  const outcome = await parts.database.transaction(async (tx): Promise<Outcome> => {
    const ticket = await lockTicket(parts.database, id, tx);
    if (!ticket) return { kind: "not-found" };
    if (ticket.version !== version) return { kind: "stale", ticket };
    const decision = decide(ticket, parts.clock());
    await save(parts, decision, cook, tx);
    return decision;
  });
  if (outcome.kind === "changed") parts.outbox.wake();
  return outcome;
}

/** Brings back what was served last. The same press again: what it brought back, as it is now. */
export async function recallLast(
  parts: KitchenParts,
  { id, station }: { id: string; station?: string | undefined },
  cook: Cook,
): Promise<TicketState | undefined> {
  const { database, clock, outbox } = parts;
  const ticket = await database.transaction(async (tx) => {
    await lockRecall(database, tx);
    const known = await findRecalled(database, id, tx);
    if (known) return known;
    for (;;) {
      const last = await findLastServed(database, station, tx);
      const locked = last === undefined ? undefined : await lockTicket(database, last, tx);
      if (!locked) return undefined;
      if (locked.status !== "served" || locked.cancelledAt) continue; // meanwhile, by another press
      const decision = recall(locked, clock(), id);
      await save(parts, decision, cook, tx);
      return decision.kind === "changed" ? decision.ticket : undefined;
    }
  });
  outbox.wake();
  return ticket;
}

export interface Placed extends Who {
  readonly order: PlacedOrder;
}

export interface Cancelled extends Who {
  readonly orderId: string;
  /** Units by line id. */
  readonly lines: Readonly<Record<string, number>>;
}

/** Makes the tickets of placed orders and cancels those of cancelled ones, with as many statements for a thousand as
 *  for one. Repeated: no change. A cancellation is remembered, so that it holds for tickets that are made after it. */
export async function takeOrders(
  { database, outbox, clock }: KitchenParts,
  placed: readonly Placed[],
  cancelled: readonly Cancelled[],
  tx: Tx,
): Promise<void> {
  const now = clock();
  const units = new Map(cancelled.map(({ orderId, lines }) => [orderId, lines]));
  if (cancelled.length > 0) {
    const noted = cancelled.map(({ orderId, lines }) => ({ orderId, lines, cancelledAt: now }));
    await noteCancellations(database, noted, tx);
  }
  const events: EventEnvelope[] = [];
  const whose = new Map<string, Who>(placed.map((one) => [one.order.orderId, one]));
  for (const one of cancelled) whose.set(one.orderId, one);

  const sent = placed.flatMap((one) =>
    ticketsOf(one.order, now, newId).map((ticket) => ({ ticket, who: one })),
  );
  if (sent.length > 0) {
    const tickets = sent.map(({ ticket }) => ticket);
    const rows = await makeTickets(database, tickets, tx);
    const made = new Map(rows.map((row) => [row.id, row.cancelled]));
    for (const { ticket, who } of sent) {
      const before = made.get(ticket.id);
      if (before === undefined) continue; // it was here already
      events.push(told({ ticket, change: "sent" }, who));
      if (before) units.set(ticket.orderId, before);
    }
  }

  if (units.size > 0) {
    const changed: TicketState[] = [];
    for (const ticket of await lockTicketsOfOrders(database, [...units.keys()], tx)) {
      const decision = cancel(ticket, units.get(ticket.orderId) ?? {}, now);
      const who = whose.get(ticket.orderId);
      if (decision.kind !== "changed" || !who) continue;
      changed.push(decision.ticket);
      events.push(told(decision, who));
    }
    if (changed.length > 0) await saveTickets(database, changed, tx);
  }
  await outbox.add(tx, events);
}
