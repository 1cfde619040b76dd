// The log against a real database: what the database itself refuses, and what the proof finds of what got past it.
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createFace, systemPrincipal } from "#platform/http";
import { defineActionTaken, type EventEnvelope } from "#platform/kernel";
import { createModuleDatabase, query } from "../../platform/db/testing.js";
import { type contract, createAudit } from "./index.js";
import { subscriptions } from "./listeners.js";
import type { AuditTables } from "./schema.js";

const Orders = defineActionTaken("orders");
type Test = Awaited<ReturnType<typeof createModuleDatabase<AuditTables>>>;
let test: Test;
const opened: Test[] = [];
afterAll(() => Promise.all(opened.map((one) => one.close())));

const face = () =>
  createFace<typeof contract>(
    createAudit({ database: test.database, modules: ["orders"] }).router,
    {
      principal: systemPrincipal,
    },
  );

const cancel = (over: Partial<Parameters<typeof Orders.create>[0]> = {}, trace?: string) =>
  Orders.create(
    {
      action: "orders.cancel",
      actor: { id: "c1", name: "Ko Aung", role: "cashier" },
      approvedBy: { id: "m1", name: "Daw Hla" },
      from: "192.168.1.20",
      subject: { type: "order", id: randomUUID(), name: "#7" },
      at: "2026-11-25T09:00:00.5Z",
      reason: "The guest left",
      details: { total: { amount: 3500, currency: "MMK" }, note: "မုန့် 🌶️", ratio: 1e-7 },
      ...over,
    },
    { trace: trace ?? null },
  );

const hear = (events: readonly EventEnvelope[], database = test.database) => {
  const [subscription] = subscriptions(database, ["orders"]);
  return database.transaction(async (tx) => subscription?.handle(events, tx));
};
/** What somebody with all rights in the database can do, and an application never could. */
const tamper = async (statement: string) => {
  await query(test.url, "alter table audit.entries disable trigger all");
  await query(test.url, "alter table audit.head disable trigger all");
  await query(test.url, statement);
};

beforeEach(async () => {
  test = await createModuleDatabase<AuditTables>(inject("databaseUrl"), "audit");
  opened.push(test);
});

describe("the log", () => {
  it("keeps who did what to which, when, from where, with whose approval and why", async () => {
    const event = cancel({}, "0af7651916cd43dd8448eb211c80319c");
    await hear([event]);
    const { items } = await face().list({});
    expect(items).toEqual([
      {
        ...event.data,
        at: "2026-11-25T09:00:00.500Z",
        position: 1,
        eventId: event.id,
        module: "orders",
        trace: "0af7651916cd43dd8448eb211c80319c",
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect(await face().verify({})).toMatchObject({ sound: true, entries: 1 });
  });

  it("takes each event once, also in another batch, and also after its inbox forgot", async () => {
    const events = [cancel(), cancel(), cancel()];
    await hear(events.slice(0, 2));
    await hear(events);
    expect(await face().verify({})).toMatchObject({ sound: true, entries: 3 });
  });

  it("gives places one after the other to writers that come at the same time", async () => {
    const batches = Array.from({ length: 10 }, () => [cancel(), cancel(), cancel()]);
    const twice = [...batches, ...batches.slice(0, 5)];
    await Promise.all(twice.map((events) => hear(events)));
    expect(await face().verify({})).toMatchObject({ sound: true, entries: 30, faults: [] });
  });

  it("adds all of a batch or nothing", async () => {
    const { database } = test;
    const failing = database.transaction(async (tx) => {
      await subscriptions(database, ["orders"])[0]?.handle([cancel(), cancel()], tx);
      throw new Error("cut");
    });
    await expect(failing).rejects.toThrow("cut");
    await hear([cancel()]);
    expect(await face().verify({})).toMatchObject({ sound: true, entries: 1 });
  });

  it("is read newest first, page by page, by actor, action, subject and time", async () => {
    const hla = { id: "m1", name: "Daw Hla", role: "manager" };
    const order = { type: "order", id: "o1" };
    await hear([
      cancel({ at: "2026-11-25T08:00:00Z", subject: order }),
      cancel({ at: "2026-11-25T09:00:00Z", actor: hla }),
      cancel({ at: "2026-11-25T10:00:00Z", action: "system.sagas.resume" }),
      cancel({ at: "2026-11-25T11:00:00Z", subject: order }),
    ]);
    const positions = async (filter: Parameters<ReturnType<typeof face>["list"]>[0]) =>
      (await face().list(filter)).items.map((entry) => entry.position);
    expect(await positions({ actor: "m1" })).toEqual([2]);
    expect(await positions({ action: "system.sagas.resume" })).toEqual([3]);
    expect(await positions({ subject: "o1" })).toEqual([4, 1]);
    // The same instants, said with another offset.
    const day = { since: "2026-11-25T15:30:00+06:30", until: "2026-11-25T17:30:00+06:30" };
    expect(await positions(day)).toEqual([3, 2]);
    const first = await face().list({ limit: 3 });
    expect(first.items.map((entry) => entry.position)).toEqual([4, 3, 2]);
    const second = await face().list({ limit: 3, cursor: first.nextCursor ?? "" });
    expect(second).toMatchObject({ items: [{ position: 1 }], nextCursor: null });
  });
});

describe("the database", () => {
  const statements = [
    "update audit.entries set entry = entry",
    "delete from audit.entries",
    "truncate audit.entries",
    "delete from audit.head",
    "truncate audit.head",
    "update audit.head set position = 0",
  ];

  it.each(statements)("refuses the module: %s", async (statement) => {
    await hear([cancel()]);
    const run = sql.raw(statement).execute(test.database.kysely);
    await expect(run).rejects.toThrow(/permission denied|only moves forward/);
  });

  it.each(statements)("refuses the owner of everything: %s", async (statement) => {
    await hear([cancel()]);
    await expect(query(test.url, statement)).rejects.toThrow(/only appended to|only moves forward/);
  });
});

describe("the proof", () => {
  const EDIT = `replace(entry, 'The guest left', 'Mistake')`;
  const HASH = `sha256(previous_hash || convert_to(${EDIT}, 'UTF8'))`;
  beforeEach(() => hear(Array.from({ length: 6 }, () => cancel())));

  it.each([
    ["an entry that was altered", `update audit.entries set entry = ${EDIT} where position = 3`, 3],
    [
      "an entry that was altered with its hash made anew",
      `update audit.entries set hash = ${HASH}, entry = ${EDIT} where position = 3`,
      4,
    ],
    ["an entry that was removed", "delete from audit.entries where position = 3", 3],
    ["entries that were cut off at the end", "delete from audit.entries where position > 4", 5],
    [
      "an entry that was put in behind the end",
      `insert into audit.entries (position, event_id, entry, previous_hash, hash)
       select 7, gen_random_uuid(), entry, hash, sha256(hash || convert_to(entry, 'UTF8'))
       from audit.entries where position = 6`,
      7,
    ],
    [
      "an entry that was put in between",
      `update audit.entries set position = -position where position > 2;
       update audit.entries set position = 1 - position where position < 0;
       insert into audit.entries (position, event_id, entry, previous_hash, hash)
       select 3, gen_random_uuid(), entry, hash, sha256(hash || convert_to(entry, 'UTF8'))
       from audit.entries where position = 2;
       update audit.head set position = 7`,
      4,
    ],
  ])("finds %s, and says where", async (_what, statement, position) => {
    await tamper(statement);
    const { sound, faults } = await face().verify({});
    expect(sound).toBe(false);
    expect(faults.map((fault) => fault.position)).toContain(position);
  });

  it("finds what was cut off together with the head by a head of earlier", async () => {
    const { head } = await face().verify({});
    await tamper(`delete from audit.entries where position > 4;
      update audit.head set (position, hash) = (select position, hash from audit.entries where position = 4)`);
    expect(await face().verify({})).toMatchObject({ sound: true, entries: 4 });
    const { sound, faults } = await face().verify({ head });
    expect({ sound, faults }).toEqual({
      sound: false,
      faults: [{ position: 5, what: "missing: entries 5 to 6 were cut off at the end" }],
    });
  });
});
