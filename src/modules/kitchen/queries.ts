// Reads of kitchen: what screens show, and how far an order is.
import { z } from "zod";
import { decodeCursor, encodeCursor } from "#platform/contract";
import { Uuid } from "#platform/kernel";
import {
  countDishes,
  findTicket,
  listClosedTickets,
  listOpenTickets,
  listStations,
  listTicketsOfOrder,
} from "./repository.js";
import { suggestionFor, type TicketState, toTicket } from "./rules.js";
import type { KitchenDatabase } from "./schema.js";

// There is no year 0 for PostgreSQL.
const Instant = z.iso.datetime().refine((at) => at >= "0001");
const Cursor = z.object({ at: Instant, id: Uuid });

export interface ListTickets {
  readonly station?: string | undefined;
  readonly status: "open" | "new" | "cooking" | "ready" | "closed";
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export async function listTickets(
  database: KitchenDatabase,
  { station, status, cursor, limit }: ListTickets,
) {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, Cursor);
  const query = { station, after, limit: limit + 1 };
  const rows =
    status === "closed"
      ? await listClosedTickets(database, query)
      : await listOpenTickets(database, {
          ...query,
          ...(status !== "open" && { status }),
        });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(toTicket), nextCursor: last ? placeOf(last) : null };
}

const placeOf = ({ id, placedAt, closedAt }: TicketState) =>
  encodeCursor({ at: (closedAt ?? placedAt).toISOString(), id });

export async function getTicket(database: KitchenDatabase, id: string) {
  const ticket = await findTicket(database, id);
  return ticket && toTicket(ticket);
}

/** Undefined when the kitchen has nothing of the order (yet). */
export async function getOrder(database: KitchenDatabase, orderId: string) {
  const tickets = (await listTicketsOfOrder(database, orderId)).map(toTicket);
  const [first] = tickets;
  if (!first) return undefined;
  const lines = tickets.flatMap(({ station, lines: ofStation }) =>
    ofStation.map((line) => ({ ...line, station, suggestion: suggestionFor(line) })),
  );
  return { orderId, number: first.number, lines, tickets };
}

export async function getStations(database: KitchenDatabase) {
  const rows = await listStations(database);
  return rows.map(({ code, open, oldestAt }) => ({
    code,
    open,
    ...(oldestAt && { oldestAt: oldestAt.toISOString() }),
  }));
}

export const getAllDay = (database: KitchenDatabase, station: string | undefined) =>
  countDishes(database, station);
