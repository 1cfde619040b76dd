// Kitchen as it works: events come through outbox, bus and inbox; cooks press, sometimes twice, sometimes at once.
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { encodeCursor } from "#platform/contract";
import { newId } from "#platform/kernel";
import {
  actionsOn,
  anOrder,
  cancelled,
  kitchen,
  MOHINGA,
  placed,
  refusalOf,
  running,
  send,
  sendTicket,
  type SomeOrder,
  startProcess,
  postgres,
  ticketsOfOrder,
  toldOf,
  useKitchen,
} from "./testing.js";

useKitchen();

const openOf = async (station?: string) =>
  (await kitchen.tickets.list({ ...(station !== undefined && { station }) })).items;

describe("an order that was placed", () => {
  it("reaches each of its stations once, with every line, name and note", async () => {
    const order = anOrder([
      { quantity: 2, note: "no onion" },
      { station: "drinks", quantity: 3 },
      {},
    ]);
    await send(placed(order));
    const tickets = await ticketsOfOrder(order);
    expect(tickets.map(({ station, lines }) => [station, lines.map((line) => line.shown)])).toEqual(
      [
        ["drinks", [3]],
        ["noodle", [2, 1]],
      ],
    );
    expect(tickets[1]).toMatchObject({
      number: order.number,
      serviceType: "dine-in",
      tableName: "T4",
      placedAt: order.placedAt,
      status: "new",
      version: 1,
      lines: [
        {
          id: order.lineItems[0]?.id,
          name: { en: "Mohinga", my: "မုန့်ဟင်းခါး" },
          modifiers: [{ code: "egg", name: { en: "Egg" } }],
          note: "no onion",
        },
        {},
      ],
    });
    const told = await toldOf(order.orderId);
    expect(told.map(({ change, ticket }) => `${change} ${ticket.station}`).toSorted()).toEqual([
      "sent drinks",
      "sent noodle",
    ]);
    expect(told.map(({ ticket }) => ticket)).toEqual(expect.arrayContaining(tickets));
  });

  it("makes no second ticket when it is told again, not even when the inbox has forgotten it", async () => {
    const order = anOrder([{}, { station: "drinks" }]);
    const event = placed(order);
    await send(event);
    const before = await ticketsOfOrder(order);
    await running.inbox.forget("kitchen.make-tickets", [event.id]);
    await running.publish({ ...placed(order), id: newId() });
    await send({ ...event, id: newId() });
    expect(await ticketsOfOrder(order)).toEqual(before);
    expect(await toldOf(order.orderId)).toHaveLength(2);
  });

  it("comes in a batch of hundreds in one transaction", async () => {
    const orders = Array.from({ length: 150 }, () => anOrder([{}, { station: "drinks" }]));
    const gone = orders.slice(0, 25);
    await send(...orders.map(placed), ...gone.map(cancelled));
    const { rows } = await sql<{ tickets: number; cancelled: number }>`
      select count(*)::int as tickets, (count(*) filter (where cancelled_at is not null))::int as cancelled
      from tickets where order_id = any(${orders.map((order) => order.orderId)}::uuid[])`.execute(
      running.database.kysely,
    );
    expect(rows).toEqual([{ tickets: 300, cancelled: 50 }]);
  });
});

describe("the screen", () => {
  it("shows open tickets oldest first, whole, by station and by status, and closed ones newest first", async () => {
    const first = await sendTicket();
    const second = await sendTicket({ station: "drinks" });
    const third = await sendTicket();
    const ids = [first, second, third].map(({ ticket }) => ticket.id);
    const places = async (station?: string) =>
      (await openOf(station)).map(({ id }) => id).filter((id) => ids.includes(id));
    expect(await places()).toEqual(ids);
    expect(await places("noodle")).toEqual([ids[0], ids[2]]);

    await kitchen.tickets.advance({ id: ids[0] as string, version: 1, to: "ready" });
    const ready = await kitchen.tickets.list({ status: "ready" });
    expect(ready.items.map(({ id }) => id)).toEqual([ids[0]]);
    await kitchen.tickets.advance({ id: ids[2] as string, version: 1, to: "served" });
    await kitchen.tickets.advance({ id: ids[0] as string, version: 2, to: "served" });
    expect(await places()).toEqual([ids[1]]);
    const page = await kitchen.tickets.list({ status: "closed", limit: 1 });
    expect(page.items[0]).toMatchObject({ id: ids[0], status: "served" });
    const next = await kitchen.tickets.list({
      status: "closed",
      limit: 1,
      ...(page.nextCursor !== null && { cursor: page.nextCursor }),
    });
    expect(next.items.map(({ id }) => id)).toEqual([ids[2]]);
  });

  it("pages through open tickets without a gap or a repetition", async () => {
    const all = (await openOf()).map(({ id }) => id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof kitchen.tickets.list>> = await kitchen.tickets.list({
        limit: 97,
        ...(cursor !== null && { cursor }),
      });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen.slice(0, all.length)).toEqual(all);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("refuses a cursor that it never gave, also one of a year that PostgreSQL does not know", async () => {
    for (const at of ["yesterday", "0000-01-01T00:00:00.000Z"]) {
      const cursor = encodeCursor({ at, id: newId() });
      for (const status of ["open", "closed"] as const) {
        const refusal = await refusalOf(kitchen.tickets.list({ status, cursor }));
        expect(refusal.code).toBe("INVALID_INPUT");
      }
    }
  });

  it("counts each dish over all open tickets, and each station's tickets", async () => {
    const productId = newId();
    const count = async () =>
      (await kitchen.allDay({})).items.find((dish) => dish.productId === productId);
    const before =
      (await kitchen.stations()).items.find(({ code }) => code === "noodle")?.open ?? 0;
    const one = await sendTicket({ productId, quantity: 3 });
    const two = await sendTicket({ productId, quantity: 2 }, { productId: MOHINGA });
    expect(await count()).toMatchObject({ sku: "MOH-01", quantity: 5, left: 5 });
    const [line] = two.ticket.lines;
    const { version } = await kitchen.tickets.crossOff({
      id: two.ticket.id,
      version: 1,
      lineId: line?.id ?? "",
      crossedOff: true,
    });
    expect(await count()).toMatchObject({ quantity: 5, left: 3 });
    await send(cancelled(one.order));
    expect(await count()).toMatchObject({ quantity: 2, left: 0 });
    await kitchen.tickets.advance({ id: two.ticket.id, version, to: "served" });
    expect(await count()).toBeUndefined();
    const after = (await kitchen.stations()).items.find(({ code }) => code === "noodle");
    expect(after?.open).toBe(before + 1); // the cancelled one waits to be acknowledged
  });
});

describe("a press", () => {
  it("that is sent twice does its work once, and shows the ticket as it is", async () => {
    const { order, ticket } = await sendTicket();
    const press = { id: ticket.id, version: 1, to: "cooking" } as const;
    const cooking = await kitchen.tickets.advance(press);
    expect(cooking).toMatchObject({ status: "cooking", version: 2 });
    const again = await refusalOf(kitchen.tickets.advance(press));
    expect(again).toMatchObject({ code: "VERSION_CONFLICT", status: 409 });
    expect(again.data).toEqual({ currentVersion: 2, ticket: cooking });
    expect(await kitchen.tickets.advance({ ...press, version: 2 })).toEqual(cooking);
    expect((await toldOf(order.orderId)).map(({ change }) => change)).toEqual(["sent", "advanced"]);
  });

  it("by two screens at the same moment is done once", async () => {
    const { order, ticket } = await sendTicket({}, {});
    const other = startProcess(postgres);
    const results = await Promise.allSettled(
      ticket.lines.flatMap((line) =>
        [kitchen, other.face].map((face) =>
          face.tickets.crossOff({ id: ticket.id, version: 1, lineId: line.id, crossedOff: true }),
        ),
      ),
    );
    await other.stop();
    const won = results.filter(({ status }) => status === "fulfilled");
    expect(won).toHaveLength(1);
    const now = await kitchen.tickets.get({ id: ticket.id });
    expect(now.lines.filter((line) => line.crossedOff)).toHaveLength(1);
    expect(now.version).toBe(2);
    // Whoever came late was shown the ticket with its lines as they are now, not as they were before it waited.
    for (const result of results) {
      if (result.status === "fulfilled") continue;
      const { data } = await refusalOf(Promise.reject(result.reason as Error));
      expect(data.ticket).toEqual(now);
    }
    expect(await toldOf(order.orderId)).toHaveLength(2);
  });

  it("by somebody else is told with who it was", async () => {
    const { order, ticket } = await sendTicket();
    await kitchen.tickets.advance({ id: ticket.id, version: 1, to: "ready" });
    expect((await toldOf(order.orderId)).at(-1)).toMatchObject({
      by: { id: "staff-3", name: "Cook" },
      ticket: { status: "ready", version: 2 },
    });
  });

  it("goes to the audit log with its change, once, and not when it changed nothing", async () => {
    const { order, ticket } = await sendTicket();
    const { id } = ticket;
    const line = { id, lineId: order.lineItems[0]?.id ?? "", crossedOff: true };
    await kitchen.tickets.crossOff({ ...line, version: 1 });
    await kitchen.tickets.advance({ id, version: 2, to: "ready" });
    await refusalOf(kitchen.tickets.advance({ id, version: 2, to: "ready" }));
    await kitchen.tickets.advance({ id, version: 3, to: "ready" });
    await kitchen.tickets.recall({ id, version: 3 });
    await send(cancelled(order));
    await kitchen.tickets.acknowledge({ id, version: 5 });
    const about = {
      actor: { id: "staff-3", name: "Cook", role: "kitchen" },
      subject: { type: "ticket", id, name: `#${order.number} noodle` },
    };
    const details = { orderId: order.orderId };
    expect(await actionsOn(id)).toMatchObject([
      { ...about, action: "kitchen.advance", details: { ...details, status: "ready" } },
      { ...about, action: "kitchen.recall", details: { ...details, status: "cooking" } },
      { ...about, action: "kitchen.acknowledge", details: { ...details, status: "cooking" } },
    ]);
  });

  it("on a ticket or a line that is not there is refused", async () => {
    const { ticket } = await sendTicket();
    expect(
      await refusalOf(kitchen.tickets.advance({ id: newId(), version: 1, to: "ready" })),
    ).toMatchObject({ code: "NOT_FOUND" });
    const nowhere = { id: ticket.id, version: 1, lineId: newId(), crossedOff: true };
    expect(await refusalOf(kitchen.tickets.crossOff(nowhere))).toMatchObject({ code: "NOT_FOUND" });
    expect(await refusalOf(kitchen.tickets.recall({ id: ticket.id, version: 1 }))).toMatchObject({
      code: "NOTHING_TO_RECALL",
    });
  });
});

describe("recall", () => {
  it("brings back the last that was served, once for each press, also when two press at once", async () => {
    const served: string[] = [];
    for (let count = 0; count < 3; count++) {
      const { ticket } = await sendTicket({ station: "drinks" });
      await kitchen.tickets.advance({ id: ticket.id, version: 1, to: "served" });
      served.push(ticket.id);
    }
    const press = newId();
    const station = "drinks";
    const same = await Promise.all(
      Array.from({ length: 4 }, () => kitchen.recallLast({ id: press, station })),
    );
    expect(new Set(same.map(({ id }) => id))).toEqual(new Set([served[2]]));
    expect(same[0]).toMatchObject({ status: "new", version: 3 });
    const two = await Promise.all(
      [newId(), newId()].map((id) => kitchen.recallLast({ id, station })),
    );
    expect(new Set(two.map(({ id }) => id))).toEqual(new Set(served.slice(0, 2)));
  });

  it("says so when nothing was served", async () => {
    const nowhere = { id: newId(), station: "grill" };
    expect(await refusalOf(kitchen.recallLast(nowhere))).toMatchObject({
      code: "NOTHING_TO_RECALL",
    });
  });
});

describe("an order that was cancelled", () => {
  const strucks = async (order: SomeOrder) =>
    (await ticketsOfOrder(order)).flatMap(({ lines }) => lines.map((line) => line.struck));

  it("stays struck through until the kitchen has seen it, and shows what had been begun", async () => {
    const order = anOrder([{ quantity: 2 }, { station: "drinks" }]);
    await send(placed(order));
    const [drinks, noodle] = await ticketsOfOrder(order);
    if (!drinks || !noodle) throw new Error("there are two tickets");
    await kitchen.tickets.advance({ id: noodle.id, version: 1, to: "cooking" });
    const asked = await kitchen.order({ orderId: order.orderId });
    expect(
      asked.lines.map(({ station, state, suggestion }) => [station, state, suggestion]),
    ).toEqual([
      ["drinks", "waiting", "restock"],
      ["noodle", "cooking", "waste"],
    ]);
    await send(cancelled(order));
    expect(await strucks(order)).toEqual([1, 2]);
    expect((await openOf()).filter((ticket) => ticket.orderId === order.orderId)).toHaveLength(2);
    // The screen still shows version 2: its press must not serve what was cancelled.
    expect(
      await refusalOf(kitchen.tickets.advance({ id: noodle.id, version: 2, to: "served" })),
    ).toMatchObject({ code: "VERSION_CONFLICT" });
    const gone = await refusalOf(
      kitchen.tickets.advance({ id: noodle.id, version: 3, to: "served" }),
    );
    expect(gone.code).toBe("TICKET_CANCELLED");
    const seen = await kitchen.tickets.acknowledge({ id: noodle.id, version: 3 });
    expect(seen.closedAt).toBeDefined();
    expect(await strucks(order)).toEqual([1, 0]);
    expect((await toldOf(order.orderId)).map(({ change }) => change).toSorted()).toEqual(
      ["acknowledged", "advanced", "cancelled", "cancelled", "sent", "sent"].toSorted(),
    );
  });

  it("twice is the same as once", async () => {
    const { order } = await sendTicket({ quantity: 2 });
    await send(cancelled(order), cancelled(order));
    const once = await ticketsOfOrder(order);
    await send(cancelled(order));
    expect(await ticketsOfOrder(order)).toEqual(once);
    expect(once[0]).toMatchObject({ version: 2, lines: [{ cancelled: 2, shown: 0, struck: 2 }] });
  });

  it("while a cook presses waits for the press, and loses nothing of it", async () => {
    const { order, ticket } = await sendTicket();
    const { database } = running;
    const isWaitedFor = async () =>
      (
        await sql<{ pid: number }>`select pid from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`.execute(database.kysely)
      ).rows.length > 0;
    let told: Promise<void> = Promise.resolve();
    await database.transaction(async (tx) => {
      await sql`update tickets set status = 'cooking', version = 2 where id = ${ticket.id}`.execute(
        tx,
      );
      told = send(cancelled(order));
      await expect.poll(isWaitedFor, { timeout: 10_000 }).toBe(true);
    });
    await told;
    expect(await ticketsOfOrder(order)).toMatchObject([
      { status: "cooking", version: 3, lines: [{ shown: 0, struck: 1 }] },
    ]);
  });

  it("before it was heard of makes no ticket that anybody would cook", async () => {
    const order = anOrder([{ quantity: 2 }]);
    await send(cancelled(order));
    expect(await refusalOf(kitchen.order({ orderId: order.orderId }))).toMatchObject({
      code: "NOT_FOUND",
    });
    await send(placed(order));
    const [ticket] = await ticketsOfOrder(order);
    expect(ticket).toMatchObject({ version: 2, lines: [{ shown: 0, struck: 2 }] });
    expect(ticket?.cancelledAt).toBeDefined();
  });
});

describe("the database", () => {
  it("refuses to change what was sent, and to cancel more than that", async () => {
    const { ticket } = await sendTicket();
    const run = (statement: ReturnType<typeof sql>) => statement.execute(running.database.kysely);
    await expect(
      run(sql`update ticket_lines set quantity = 9 where ticket_id = ${ticket.id}`),
    ).rejects.toThrow(/permission denied/);
    await expect(run(sql`delete from ticket_lines where ticket_id = ${ticket.id}`)).rejects.toThrow(
      /permission denied/,
    );
    await expect(
      run(sql`update ticket_lines set cancelled = 2 where ticket_id = ${ticket.id}`),
    ).rejects.toThrow(/check constraint/);
    await expect(
      run(sql`insert into tickets (id, order_id, station, number, service_type, placed_at, changed_at)
        select ${newId()}, order_id, station, number, service_type, placed_at, now() from tickets
        where id = ${ticket.id}`),
    ).rejects.toThrow(/unique constraint/);
  });
});
