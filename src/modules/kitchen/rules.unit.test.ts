// The ticket's state machine, and what a cancel leaves of it, without a database.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acknowledge,
  advance,
  cancel,
  crossOff,
  type Decision,
  recall,
  suggestionFor,
  ticketsOf,
  type TicketState,
  toTicket,
} from "./rules.js";

const now = new Date("2026-11-23T06:00:00Z");
let ids = 0;
const newId = () => `ticket-${(ids += 1)}`;
const dish = (id: string, station: string, quantity: number) => ({
  id,
  productId: `product-${id}`,
  sku: id,
  name: { en: id },
  station,
  quantity,
  modifiers: [{ code: "egg", name: { en: "Egg" }, price: 500 }],
});
const order = {
  orderId: "order",
  number: 7,
  serviceType: "dine-in",
  tableId: "table",
  tableName: "T4",
  placedAt: "2026-11-23T05:59:00.000Z",
  lineItems: [dish("a", "noodle", 2), dish("b", "noodle", 1), dish("c", "drinks", 3)],
};
const fresh = (): TicketState => {
  const [ticket] = ticketsOf(order, now, newId);
  if (!ticket) throw new Error("an order with lines has a ticket");
  return ticket;
};
const after = (decision: Decision): TicketState => {
  if (decision.kind !== "changed") throw new Error(`It was ${decision.kind}`);
  return decision.ticket;
};
const statesOf = (ticket: TicketState) => toTicket(ticket).lines.map((line) => line.state);

describe("ticketsOf", () => {
  it("makes one ticket for each station, with every line on exactly one of them", () => {
    const tickets = ticketsOf(order, now, newId);
    expect(tickets.map(({ station, lines }) => [station, lines.map(({ id }) => id)])).toEqual([
      ["noodle", ["a", "b"]],
      ["drinks", ["c"]],
    ]);
    expect(toTicket(tickets[0] as TicketState)).toMatchObject({
      number: 7,
      tableName: "T4",
      status: "new",
      version: 1,
      lines: [{ quantity: 2, shown: 2, modifiers: [{ code: "egg", name: { en: "Egg" } }] }, {}],
    });
  });
});

describe("advance", () => {
  it("goes through the states, or over them, and never back", () => {
    const cooking = after(advance(fresh(), "cooking", now));
    expect(cooking).toMatchObject({ status: "cooking", version: 2 });
    const served = after(advance(cooking, "served", now));
    expect(served).toMatchObject({ status: "served", servedFrom: "cooking", closedAt: now });
    expect(advance(served, "ready", now).kind).toBe("moved-on");
    expect(advance(after(advance(fresh(), "ready", now)), "cooking", now).kind).toBe("moved-on");
  });

  it("does nothing where the ticket stands there already", () => {
    const cooking = after(advance(fresh(), "cooking", now));
    expect(advance(cooking, "cooking", now)).toEqual({ kind: "unchanged", ticket: cooking });
  });
});

describe("recall", () => {
  it("brings a served ticket back to where it was bumped, and another one step back", () => {
    const served = after(advance(after(advance(fresh(), "cooking", now)), "served", now));
    const back = after(recall(served, now));
    expect(back).toMatchObject({ status: "cooking", servedFrom: null, closedAt: null });
    const started = after(recall(back, now));
    expect(started.status).toBe("new");
    expect(recall(started, now).kind).toBe("nothing-to-recall");
  });
});

describe("crossOff", () => {
  it("starts a new ticket, and can be taken back without stopping it", () => {
    const crossed = after(crossOff(fresh(), "a", true, now));
    expect(crossed.status).toBe("cooking");
    expect(statesOf(crossed)).toEqual(["done", "cooking"]);
    const back = after(crossOff(crossed, "a", false, now));
    expect(statesOf(back)).toEqual(["cooking", "cooking"]);
    expect(crossOff(back, "a", false, now).kind).toBe("unchanged");
    expect(crossOff(back, "x", true, now).kind).toBe("not-found");
  });
});

describe("cancel", () => {
  const all = { a: 2, b: 1 };

  it("strikes everything through until it is acknowledged; then the ticket leaves", () => {
    const gone = after(cancel(fresh(), all, now));
    expect(gone).toMatchObject({ cancelledAt: now, closedAt: null });
    expect(toTicket(gone).lines.map(({ shown, struck }) => [shown, struck])).toEqual([
      [0, 2],
      [0, 1],
    ]);
    for (const decision of [
      advance(gone, "ready", now),
      crossOff(gone, "a", true, now),
      recall(gone, now),
    ]) {
      expect(decision.kind).toBe("cancelled");
    }
    const half = after(acknowledge(gone, "a", now));
    expect(half.closedAt).toBeNull();
    const seen = after(acknowledge(half, undefined, now));
    expect(seen.closedAt).toBe(now);
    expect(acknowledge(seen, undefined, now).kind).toBe("unchanged");
  });

  it("leaves the rest to be cooked when only a part is cancelled", () => {
    const part = after(cancel(fresh(), { a: 1 }, now));
    expect(part.cancelledAt).toBeNull();
    expect(toTicket(part).lines[0]).toMatchObject({
      quantity: 2,
      cancelled: 1,
      shown: 1,
      struck: 1,
    });
    const served = after(advance(part, "served", now));
    expect(toTicket(served).lines[0]).toMatchObject({ shown: 1, struck: 0 });
  });

  it("strikes nothing through on what is served already", () => {
    const served = after(advance(fresh(), "served", now));
    const gone = after(cancel(served, all, now));
    expect(toTicket(gone).lines.map((line) => line.struck)).toEqual([0, 0]);
    expect(gone.closedAt).toBe(now);
    expect(recall(gone, now).kind).toBe("cancelled");
  });

  it("keeps how far each line was, for who decides between restock and waste", () => {
    const crossed = after(crossOff(fresh(), "a", true, now));
    const gone = toTicket(after(cancel(crossed, all, now)));
    expect(gone.lines.map(suggestionFor)).toEqual(["waste", "waste"]);
    expect(toTicket(after(cancel(fresh(), all, now))).lines.map(suggestionFor)).toEqual([
      "restock",
      "restock",
    ]);
  });
});

describe("whatever is pressed in whatever order", () => {
  const press = fc.oneof(
    fc
      .constantFrom("cooking" as const, "ready" as const, "served" as const)
      .map((to) => (ticket: TicketState) => advance(ticket, to, now)),
    fc.constant((ticket: TicketState) => recall(ticket, now)),
    fc.tuple(fc.constantFrom("a", "b"), fc.boolean()).map(
      ([id, off]) =>
        (ticket: TicketState) =>
          crossOff(ticket, id, off, now),
    ),
    fc
      .constantFrom("a", "b", undefined)
      .map((id) => (ticket: TicketState) => acknowledge(ticket, id, now)),
    fc
      .record({ a: fc.integer({ min: 0, max: 5 }), b: fc.integer({ min: 0, max: 5 }) })
      .map((units) => (ticket: TicketState) => cancel(ticket, units, now)),
  );

  it("shown is sent less cancelled, closed is served or cancelled and seen, versions rise by one", () => {
    fc.assert(
      fc.property(fc.array(press, { maxLength: 30 }), (presses) => {
        let ticket = fresh();
        for (const decide of presses) {
          const decision = decide(ticket);
          if (decision.kind !== "changed") continue;
          expect(decision.ticket.version).toBe(ticket.version + 1);
          ticket = decision.ticket;
          const { lines, status, cancelledAt, closedAt } = ticket;
          for (const { quantity, cancelled, acknowledged } of lines) {
            expect(cancelled).toBeLessThanOrEqual(quantity);
            expect(acknowledged).toBeLessThanOrEqual(cancelled);
          }
          expect(cancelledAt !== null).toBe(lines.every((one) => one.cancelled === one.quantity));
          const seen = lines.every((one) => one.acknowledged === one.cancelled);
          expect(closedAt !== null).toBe(status === "served" || (cancelledAt !== null && seen));
          for (const line of toTicket(ticket).lines) {
            expect(line.shown).toBe(line.quantity - line.cancelled);
          }
        }
      }),
    );
  });
});
