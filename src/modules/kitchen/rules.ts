// Pure decisions of kitchen: which tickets an order makes, how a ticket moves, what is left of it after a cancel.
import type { LocalizedText } from "#platform/kernel";
import type { Ticket, TicketChange, TicketLine, TicketStatus } from "./events.js";

export interface LineState {
  readonly id: string;
  readonly productId: string;
  readonly sku: string;
  readonly name: LocalizedText;
  readonly quantity: number;
  readonly modifiers: readonly { readonly code: string; readonly name: LocalizedText }[];
  readonly note: string | null;
  readonly crossedOff: boolean;
  readonly cancelled: number;
  readonly acknowledged: number;
}

export interface TicketState {
  readonly id: string;
  readonly orderId: string;
  readonly station: string;
  readonly number: number;
  readonly serviceType: string;
  readonly tableId: string | null;
  readonly tableName: string | null;
  readonly placedAt: Date;
  readonly status: TicketStatus;
  readonly servedFrom: Exclude<TicketStatus, "served"> | null;
  readonly version: number;
  readonly changedAt: Date;
  readonly cancelledAt: Date | null;
  readonly closedAt: Date | null;
  readonly recallId: string | null;
  readonly lines: readonly LineState[];
}

export type Decision =
  | {
      readonly kind: "changed";
      readonly ticket: TicketState;
      readonly change: TicketChange;
      readonly lineId?: string | undefined;
    }
  | { readonly kind: "unchanged"; readonly ticket: TicketState }
  | {
      readonly kind: "cancelled" | "moved-on" | "nothing-to-recall";
      readonly ticket: TicketState;
    }
  | { readonly kind: "not-found" };

const ORDER: readonly TicketStatus[] = ["new", "cooking", "ready", "served"];
const isBefore = (one: TicketStatus, other: TicketStatus) =>
  ORDER.indexOf(one) < ORDER.indexOf(other);

const changed = (
  before: TicketState,
  after: Partial<TicketState>,
  now: Date,
  change: TicketChange,
  lineId?: string,
): Decision => ({
  kind: "changed",
  ticket: { ...before, ...after, changedAt: now, version: before.version + 1 },
  change,
  ...(lineId !== undefined && { lineId }),
});

const seen = (line: LineState): LineState => ({ ...line, acknowledged: line.cancelled });
const isSeen = (line: LineState) => line.acknowledged === line.cancelled;

/** On to `to`, over what lies between. Whoever serves a ticket has seen what was struck through on it. */
export function advance(
  ticket: TicketState,
  to: Exclude<TicketStatus, "new">,
  now: Date,
): Decision {
  const { status, cancelledAt } = ticket;
  if (cancelledAt) return { kind: "cancelled", ticket };
  if (status === to) return { kind: "unchanged", ticket };
  if (status === "served" || isBefore(to, status)) return { kind: "moved-on", ticket };
  const served = to === "served" && {
    servedFrom: status,
    closedAt: now,
    lines: ticket.lines.map(seen),
  };
  return changed(ticket, { status: to, ...served }, now, "advanced");
}

/** One step back; from `served` to where it was. `recallId` is the press that asked for it. */
export function recall(ticket: TicketState, now: Date, recallId: string | null = null): Decision {
  const { status, servedFrom, cancelledAt } = ticket;
  if (cancelledAt) return { kind: "cancelled", ticket };
  const back = servedFrom ?? ORDER[ORDER.indexOf(status) - 1];
  if (back === undefined) return { kind: "nothing-to-recall", ticket };
  return changed(
    ticket,
    { status: back, servedFrom: null, closedAt: null, recallId: recallId ?? ticket.recallId },
    now,
    "recalled",
  );
}

/** Somebody who crosses a line off a new ticket is cooking it. */
export function crossOff(
  ticket: TicketState,
  lineId: string,
  crossedOff: boolean,
  now: Date,
): Decision {
  const line = ticket.lines.find(({ id }) => id === lineId);
  if (!line) return { kind: "not-found" };
  if (line.cancelled === line.quantity) return { kind: "cancelled", ticket };
  if (line.crossedOff === crossedOff) return { kind: "unchanged", ticket };
  if (ticket.status === "served") return { kind: "moved-on", ticket };
  const lines = ticket.lines.map((one) => (one === line ? { ...one, crossedOff } : one));
  const status = crossedOff && ticket.status === "new" ? "cooking" : ticket.status;
  return changed(ticket, { lines, status }, now, crossedOff ? "crossed-off" : "put-back", lineId);
}

/** The kitchen has seen what was cancelled. A ticket with nothing else on it leaves the screen. */
export function acknowledge(ticket: TicketState, lineId: string | undefined, now: Date): Decision {
  const asked = ticket.lines.filter(({ id }) => lineId === undefined || id === lineId);
  if (asked.length === 0) return { kind: "not-found" };
  if (asked.every(isSeen)) return { kind: "unchanged", ticket };
  const lines = ticket.lines.map((line) => (asked.includes(line) ? seen(line) : line));
  const closed = ticket.cancelledAt && lines.every(isSeen) && { closedAt: now };
  return changed(ticket, { lines, ...closed }, now, "acknowledged", lineId);
}

/** Units by line id were cancelled. Told twice, or told with more than was sent: the same as once, and all of it.
 *  On a ticket that is served already there is nothing left to stop, so nothing is struck through. */
export function cancel(
  ticket: TicketState,
  units: Readonly<Record<string, number>>,
  now: Date,
): Decision {
  const lines = ticket.lines.map((line) => {
    const cancelled = Math.max(line.cancelled, Math.min(line.quantity, units[line.id] ?? 0));
    const acknowledged = ticket.status === "served" ? cancelled : line.acknowledged;
    return { ...line, cancelled, acknowledged };
  });
  if (lines.every((line, index) => line.cancelled === ticket.lines[index]?.cancelled)) {
    return { kind: "unchanged", ticket };
  }
  const all = lines.every((line) => line.cancelled === line.quantity);
  return changed(ticket, { lines, ...(all && { cancelledAt: now }) }, now, "cancelled");
}

export interface PlacedOrder {
  readonly orderId: string;
  readonly number: number;
  readonly serviceType: string;
  readonly tableId?: string | undefined;
  readonly tableName?: string | undefined;
  readonly placedAt: string;
  readonly lineItems: readonly {
    readonly id: string;
    readonly productId: string;
    readonly sku: string;
    readonly name: LocalizedText;
    readonly station: string;
    readonly quantity: number;
    readonly modifiers: readonly { readonly code: string; readonly name: LocalizedText }[];
    readonly note?: string | undefined;
  }[];
}

/** One ticket for each station that has a line of the order; every line is on exactly one of them. */
export function ticketsOf(order: PlacedOrder, now: Date, newId: () => string): TicketState[] {
  const stations = new Map<string, LineState[]>();
  for (const { station, id, productId, sku, name, quantity, modifiers, note } of order.lineItems) {
    const line: LineState = {
      id,
      productId,
      sku,
      name,
      quantity,
      modifiers: modifiers.map((one) => ({ code: one.code, name: one.name })),
      note: note ?? null,
      crossedOff: false,
      cancelled: 0,
      acknowledged: 0,
    };
    stations.set(station, [...(stations.get(station) ?? []), line]);
  }
  return [...stations].map(([station, lines]) => ({
    id: newId(),
    orderId: order.orderId,
    station,
    number: order.number,
    serviceType: order.serviceType,
    tableId: order.tableId ?? null,
    tableName: order.tableName ?? null,
    placedAt: new Date(order.placedAt),
    status: "new",
    servedFrom: null,
    version: 1,
    changedAt: now,
    cancelledAt: null,
    closedAt: null,
    recallId: null,
    lines,
  }));
}

function stateOf(line: LineState, status: TicketStatus): TicketLine["state"] {
  if (line.crossedOff || !isBefore(status, "ready")) return "done";
  return status === "cooking" ? "cooking" : "waiting";
}

/** The ticket as it is told and shown. */
export function toTicket(ticket: TicketState): Ticket {
  const { tableId, tableName, cancelledAt, closedAt } = ticket;
  return {
    id: ticket.id,
    orderId: ticket.orderId,
    station: ticket.station,
    number: ticket.number,
    serviceType: ticket.serviceType,
    ...(tableId !== null && { tableId }),
    ...(tableName !== null && { tableName }),
    placedAt: ticket.placedAt.toISOString(),
    status: ticket.status,
    ...(cancelledAt && { cancelledAt: cancelledAt.toISOString() }),
    ...(closedAt && { closedAt: closedAt.toISOString() }),
    changedAt: ticket.changedAt.toISOString(),
    version: ticket.version,
    lines: ticket.lines.map((line) => ({
      id: line.id,
      productId: line.productId,
      sku: line.sku,
      name: line.name,
      quantity: line.quantity,
      cancelled: line.cancelled,
      shown: line.quantity - line.cancelled,
      struck: line.cancelled - line.acknowledged,
      modifiers: line.modifiers.map(({ code, name }) => ({ code, name })),
      ...(line.note !== null && { note: line.note }),
      crossedOff: line.crossedOff,
      state: stateOf(line, ticket.status),
    })),
  };
}

/** What a press is called in the audit log. A line's own mark is not there: it says only how far the cook is. */
const AUDITED: Readonly<Partial<Record<TicketChange, string>>> = {
  advanced: "kitchen.advance",
  recalled: "kitchen.recall",
  acknowledged: "kitchen.acknowledge",
};
export const auditedAs = (change: TicketChange): string | undefined => AUDITED[change];

/** What nobody has begun goes back to stock; the rest is waste. */
export const suggestionFor = ({ state }: Pick<TicketLine, "state">) =>
  state === "waiting" ? ("restock" as const) : ("waste" as const);
