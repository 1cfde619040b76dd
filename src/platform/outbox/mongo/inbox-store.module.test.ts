// What only a MongoDB inbox has: an attempt's claim on a stored event, where PostgreSQL has a lock that dies with its
// connection.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mongoose from "mongoose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startDocumentStore } from "../../embedded/documents/index.js";
import { noted } from "../testing.js";
import type { NextAttempt, StoredSubscription, Verdict } from "../types.js";
import { databaseOf, insertOnce } from "./documents.js";
import type { FailureDocument } from "./inbox-documents.js";
import { createMongoInboxStore } from "./inbox-store.js";
import { createMongoWorld } from "./testing.js";

const NAME = "shop.a";
const TIMEOUT_MS = 30_000;
const CLAIM_MS = TIMEOUT_MS + 5_000;
const verdict: Verdict = {
  status: "waiting",
  attempts: 1,
  pauseMs: 0,
  cause: { message: "The oven is cold", stack: null, at: new Date().toISOString() },
};

describe("an attempt at a stored event in MongoDB", () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof startDocumentStore>>;
  let world: Awaited<ReturnType<typeof createMongoWorld>>;
  let connection: mongoose.Connection;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tiffin-events-"));
    server = await startDocumentStore({ folder });
    world = await createMongoWorld(server.url, "shop");
    connection = await mongoose.createConnection(server.url, { dbName: "shop" }).asPromise();
  });
  beforeEach(() => world.reset());
  afterEach(() => vi.restoreAllMocks());
  afterAll(async () => {
    await connection.close();
    await world.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const later = (ms: number) => {
    const now = Date.now;
    return vi.spyOn(Date, "now").mockImplementation(() => now() + ms);
  };
  /** As `later`, by the clock that nobody puts back. */
  const longer = (ms: number) => {
    const now = performance.now.bind(performance);
    return vi.spyOn(performance, "now").mockImplementation(() => now() + ms);
  };
  const tryingTo = (handle: StoredSubscription<mongoose.Connection>["handle"]) => ({
    name: NAME,
    timeoutMs: TIMEOUT_MS,
    handle,
  });

  /** One process whose attempt at the first of two events of a key hangs, and another one. */
  async function startTwo() {
    const createStore = () => createMongoInboxStore(connection, [NAME]);
    const [first, second] = [createStore(), createStore()];
    await first.keep(NAME, noted("x", 1), verdict);
    await first.keep(NAME, noted("x", 2), verdict);
    const soonest = async (): Promise<NextAttempt> => {
      const [next, ...others] = await second.soonest([NAME], 10);
      if (!next || others.length > 0) throw new Error("one, and one only, is to be tried");
      return next;
    };
    const before = await soonest();
    let settle: { end(): void; fail(error: Error): void } | undefined;
    const attempt = first.retry(
      tryingTo(() => new Promise((end, fail) => (settle = { end, fail }))),
      before,
    );
    await vi.waitFor(() => expect(settle).toBeDefined(), 10_000);
    const applied: number[] = [];
    const apply = tryingTo((events) => {
      applied.push(...events.map(({ data }) => (data as { n: number }).n));
      return Promise.resolve();
    });
    return { first, second, before, soonest, attempt, settle: settle!, apply, applied };
  }

  it("is refused to another process, whatever that one has read, until it can no longer be under way", async () => {
    const { second, before, soonest, settle, attempt, apply, applied } = await startTwo();
    expect(await second.retry(apply, before)).toBe(false);
    const claimed = await soonest();
    expect(claimed).toMatchObject({ takenForMs: CLAIM_MS, status: "waiting", attempts: 1 });
    expect(claimed.dueInMs).toBeGreaterThan(TIMEOUT_MS);
    settle.end();
    expect(await attempt).toBe(true);
    expect(applied).toEqual([]);
    expect(await soonest()).toMatchObject({ event: { data: { n: 2 } }, takenForMs: undefined });
  });

  it("that ended in a kill is made by another process when the claim ends; the late one moves nothing on", async () => {
    const { second, soonest, settle, attempt, apply, applied } = await startTwo();
    const clock = later(CLAIM_MS + 1);
    const due = await soonest();
    expect(due.dueInMs).toBeLessThanOrEqual(0);
    let end = () => undefined as void;
    const again = second.retry(
      tryingTo(() => new Promise<void>((resolve) => (end = resolve))),
      due,
    );
    await vi.waitFor(async () => expect((await soonest()).dueInMs).toBeGreaterThan(0), 10_000);
    settle.end();
    await attempt;
    expect((await soonest()).event.data).toMatchObject({ n: 1 });
    end();
    await again;
    clock.mockRestore();
    expect(await second.retry(apply, await soonest())).toBe(true);
    expect(applied).toEqual([2]);
  });

  it("says when the clock was put back since it began, so that nobody waits for that long", async () => {
    const { soonest, settle, attempt } = await startTwo();
    later(-3_600_000);
    const { dueInMs, takenForMs } = await soonest();
    expect(dueInMs).toBeGreaterThan(takenForMs ?? Infinity);
    settle.end();
    await attempt;
  });

  it("keeps others out although a person replays meanwhile, and then the fresh count stands", async () => {
    const { first, second, before, soonest, settle, attempt, apply, applied } = await startTwo();
    expect(await second.replay({ eventId: before.event.id }, { actor: "Daw Mya" })).toBe(1);
    const replayed = await soonest();
    expect(replayed).toMatchObject({ attempts: 0, takenForMs: CLAIM_MS });
    expect(replayed.dueInMs).toBeGreaterThan(TIMEOUT_MS);
    settle.fail(new Error("The oven is cold"));
    await expect(attempt).rejects.toThrow("The oven is cold");
    await first.failAgain(before, { ...verdict, status: "dead", attempts: 2 });
    const free = await soonest();
    expect(free).toMatchObject({ attempts: 0, takenForMs: undefined });
    expect(free.dueInMs).toBeLessThanOrEqual(0);
    expect(await second.retry(apply, free)).toBe(true);
    expect(applied).toEqual([1]);
  });

  it("is not missed where its turn was lost, although the clock was put back since that was looked for", async () => {
    const store = createMongoInboxStore(connection, [NAME]);
    expect(await store.soonest([NAME], 10)).toEqual([]);
    await store.keep(NAME, noted("x", 1), verdict);
    await store.keep(NAME, noted("x", 2), verdict);
    // As a lost connection leaves it: the first is done with, and the second was not told.
    const failures = databaseOf(connection).collection("inbox_failures");
    await failures.deleteOne({ status: "waiting" });
    later(-3_600_000);
    longer(61_000);
    expect(await store.soonest([NAME], 10)).toMatchObject([{ event: { data: { n: 2 } } }]);
  });

  it("is judged by the process that has it: another one's verdict on the same event is not heard", async () => {
    const { first, second, before, soonest, settle, attempt } = await startTwo();
    await second.failAgain(before, { ...verdict, status: "dead", attempts: 2 });
    expect(await soonest()).toMatchObject({ status: "waiting", attempts: 1 });
    settle.fail(new Error("The oven is cold"));
    await expect(attempt).rejects.toThrow();
    await first.failAgain(before, { ...verdict, attempts: 2 });
    expect(await soonest()).toMatchObject({ attempts: 2, takenForMs: undefined });
  });

  /** The same connection, where something happens before stored events are written. */
  function beforeStoring(happens: () => Promise<unknown>): mongoose.Connection {
    const own = databaseOf(connection);
    const collection = (name: string) => {
      const rows = own.collection(name);
      if (name !== "inbox_failures") return rows;
      return new Proxy(rows, {
        get(target, key) {
          const found: unknown = Reflect.get(target, key);
          if (typeof found !== "function") return found;
          if (key !== "insertMany") return found.bind(target) as unknown;
          return async (...args: unknown[]) => {
            await happens();
            return found.apply(target, args) as unknown;
          };
        },
      });
    };
    return { name: "shop", db: { collection } } as unknown as mongoose.Connection;
  }

  it("that ends while another process is about to store the next of its key lets that one follow at once", async () => {
    const store = createMongoInboxStore(connection, [NAME]);
    await store.keep(NAME, noted("x", 1), verdict);
    const [first] = await store.soonest([NAME], 10);
    if (!first) throw new Error("nothing is stored");
    const apply = tryingTo(() => Promise.resolve());
    const relaying = createMongoInboxStore(
      beforeStoring(() => store.retry(apply, first)),
      [NAME],
    );
    await relaying.apply(apply, [noted("x", 2)]);
    expect(await store.soonest([NAME], 10)).toMatchObject([
      { status: "waiting", event: { data: { n: 2 } } },
    ]);
  });

  it("whose head is gone is found behind any number of others, whose heads wait for a person", async () => {
    const store = createMongoInboxStore(connection, [NAME]);
    await store.keep(NAME, noted("head", 1), { ...verdict, status: "dead" });
    await store.keep(NAME, noted("head", 2), verdict);
    const rows = databaseOf(connection).collection<FailureDocument>("inbox_failures");
    const heldBehind = await rows.findOne({ status: "held" });
    if (!heldBehind) throw new Error("nothing is held");
    const copies = Array.from({ length: 300 }, (_, n) => ({
      ...heldBehind,
      _id: `${NAME}:${String(n).padStart(4, "0")}`,
      key: n === 299 ? "orphan" : "head",
    }));
    await rows.insertMany(copies);
    const rounds: number[] = [];
    for (let round = 0; round < 3; round++) {
      const clock = longer(round * 60_001);
      rounds.push((await store.soonest([NAME], 10)).length);
      clock.mockRestore();
    }
    // The page that it stands on, and then it is there for good.
    expect(rounds).toEqual([0, 1, 1]);
  });

  it("takes no event for stored that was refused for something else beside one that is stored already", async () => {
    const rows = databaseOf(connection).collection<{ _id: string }>("things");
    const one = { _id: "one" };
    expect(await insertOnce(rows, [one])).toBe(true);
    expect(await insertOnce(rows, [one, { _id: "two" }])).toBe(false);
    const refused = { _id: ["no id"] as unknown as string };
    await expect(insertOnce(rows, [one, refused])).rejects.toThrow();
    expect(await rows.countDocuments()).toBe(2);
  });
});
