// Tickets as the kitchen shows them: what a press is going to make of one, and what counts when the list and the news
// tell different things. Pure.
import type { Api } from "../../api/client.js";

export type Ticket = Awaited<ReturnType<Api["kitchen"]["tickets"]["get"]>>;
export type Line = Ticket["lines"][number];

/** What a cook does. It is shown at once, and undone when the server says no. */
export type Press =
  | { readonly kind: "advance"; readonly to: "cooking" | "ready" | "served" }
  | { readonly kind: "recall" }
  | { readonly kind: "cross-off"; readonly lineId: string; readonly crossedOff: boolean }
  | { readonly kind: "acknowledge"; readonly lineId?: string };

const ORDER = ["new", "cooking", "ready", "served"] as const;

/** Where the big button of a ticket leads. */
export const nextOf = ({ status }: Pick<Ticket, "status">) =>
  status === "new" ? "cooking" : status === "cooking" ? "ready" : "served";

export const isCancelled = ({ cancelledAt }: Pick<Ticket, "cancelledAt">): boolean =>
  cancelledAt !== undefined;

const reaches = (status: Ticket["status"], other: Ticket["status"]) =>
  ORDER.indexOf(status) >= ORDER.indexOf(other);

function withStates(ticket: Ticket): Ticket {
  const { status } = ticket;
  const lines = ticket.lines.map((line): Line => {
    const done = line.crossedOff || reaches(status, "ready");
    return { ...line, state: done ? "done" : status === "cooking" ? "cooking" : "waiting" };
  });
  return { ...ticket, lines };
}

/** The ticket as it will be when the server does what was pressed. */
export function afterPress(ticket: Ticket, press: Press): Ticket {
  const now = ticket.changedAt;
  switch (press.kind) {
    case "advance":
      if (reaches(ticket.status, press.to)) return ticket;
      return withStates({
        ...ticket,
        status: press.to,
        ...(press.to === "served" && { closedAt: now }),
      });
    case "recall": {
      const before = ORDER[ORDER.indexOf(ticket.status) - 1];
      return before ? withStates({ ...ticket, status: before }) : ticket;
    }
    case "cross-off": {
      const lines = ticket.lines.map((line) =>
        line.id === press.lineId ? { ...line, crossedOff: press.crossedOff } : line,
      );
      const starts = press.crossedOff && ticket.status === "new";
      return withStates({ ...ticket, lines, status: starts ? "cooking" : ticket.status });
    }
    case "acknowledge": {
      const lines = ticket.lines.map((line) =>
        press.lineId === undefined || line.id === press.lineId ? { ...line, struck: 0 } : line,
      );
      const gone = isCancelled(ticket) && lines.every(({ struck }) => struck === 0);
      return { ...ticket, lines, ...(gone && { closedAt: now }) };
    }
  }
}

/** Whether the server has already what was pressed: then a refusal is no news to the cook. */
export function isDone(ticket: Ticket, press: Press): boolean {
  switch (press.kind) {
    case "advance":
      return reaches(ticket.status, press.to);
    case "recall":
      return false;
    case "cross-off":
      return ticket.lines.some(
        ({ id, crossedOff }) => id === press.lineId && crossedOff === press.crossedOff,
      );
    case "acknowledge":
      return ticket.lines.every(
        ({ id, struck }) => struck === 0 || (press.lineId !== undefined && id !== press.lineId),
      );
  }
}

const before = (one: Ticket, other: Ticket) =>
  one.placedAt === other.placedAt
    ? one.id < other.id
      ? -1
      : 1
    : one.placedAt < other.placedAt
      ? -1
      : 1;

/** The open tickets with this one as it is now; the same list when it tells nothing new. */
function withTicket(tickets: readonly Ticket[], ticket: Ticket): readonly Ticket[] {
  const known = tickets.find(({ id }) => id === ticket.id);
  if (known && known.version >= ticket.version) return tickets;
  const others = known ? tickets.filter((one) => one !== known) : tickets;
  if (ticket.closedAt !== undefined) return others;
  return [...others, ticket].toSorted(before);
}

const REMEMBERED = 500;

/** What was told of tickets one by one. A list that was asked for before and arrives after must not bring back what was
 *  served meanwhile, so the news since are laid onto it. */
export function createTicketNews() {
  let told: { readonly at: number; readonly ticket: Ticket }[] = [];
  let at = 0;
  return {
    /** To be noted before a list is asked for. */
    now: () => at,
    /** False when something newer of this ticket is known. */
    tell(ticket: Ticket): boolean {
      if (told.some((one) => one.ticket.id === ticket.id && one.ticket.version >= ticket.version))
        return false;
      at += 1;
      told = [...told, { at, ticket }].slice(-REMEMBERED);
      return true;
    },
    onto: (tickets: readonly Ticket[], since: number): readonly Ticket[] =>
      told
        .filter((one) => one.at > since)
        .reduce((all, { ticket }) => withTicket(all, ticket), tickets),
  };
}
export { withTicket };

/** How many of each dish stand on these tickets, the most first. `left` is still to be made. */
export function countDishes(tickets: readonly Ticket[]) {
  const dishes = new Map<
    string,
    { productId: string; name: Line["name"]; quantity: number; left: number }
  >();
  for (const { lines } of tickets) {
    for (const { productId, name, shown, state } of lines) {
      if (shown === 0) continue;
      const known = dishes.get(productId) ?? { productId, name, quantity: 0, left: 0 };
      dishes.set(productId, {
        ...known,
        quantity: known.quantity + shown,
        left: known.left + (state === "done" ? 0 : shown),
      });
    }
  }
  return [...dishes.values()].toSorted(
    (a, b) => b.left - a.left || b.quantity - a.quantity || a.name.en.localeCompare(b.name.en),
  );
}

/** What came since `known`: for the bell. */
export function arrivalsIn(
  tickets: readonly Ticket[],
  known: ReadonlyMap<string, number>,
): { readonly fresh: readonly Ticket[]; readonly struck: readonly Ticket[] } {
  const strikes = strikesOf(tickets);
  return {
    fresh: tickets.filter(({ id, status }) => !known.has(id) && status === "new"),
    struck: tickets.filter(({ id }) => (strikes.get(id) ?? 0) > (known.get(id) ?? 0)),
  };
}

/** Cancelled units that nobody has acknowledged, by ticket. */
export const strikesOf = (tickets: readonly Ticket[]): ReadonlyMap<string, number> =>
  new Map(tickets.map(({ id, lines }) => [id, lines.reduce((sum, { struck }) => sum + struck, 0)]));
