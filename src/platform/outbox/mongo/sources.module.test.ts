// What only a MongoDB outbox has: payloads completed when read, and a lease instead of a lock.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mongoose from "mongoose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createBus } from "#platform/bus";
import { startDocumentStore } from "../../embedded/documents/index.js";
import {
  createCalls,
  createMongoInbox,
  createMongoOutbox,
  type EventSource,
  failureSource,
} from "../index.js";
import { createPostgresWorld } from "../postgres/testing.js";
import { DEFAULT_TIMING } from "../timing.js";
import { eventually, FAST, noted, type NotedData, quiet, recorder } from "../testing.js";
import { databaseOf } from "./documents.js";
import {
  DEFAULT_LEASE,
  type Lease,
  type LeaseDocument,
  type LeaseTiming,
  takeLease,
} from "./lease.js";
import { createMongoOutboxStore } from "./outbox-store.js";
import { createMongoWorld } from "./testing.js";

describe("a MongoDB outbox", () => {
  let folder: string;
  let store: Awaited<ReturnType<typeof startDocumentStore>>;
  let world: Awaited<ReturnType<typeof createMongoWorld>>;
  let connection: mongoose.Connection;
  let stop: () => Promise<void> = () => Promise.resolve();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tiffin-events-"));
    store = await startDocumentStore({ folder });
    world = await createMongoWorld(store.url, "shop");
    connection = await mongoose.createConnection(store.url, { dbName: "shop" }).asPromise();
  });
  beforeEach(() => world.reset());
  afterEach(() => stop());
  afterAll(async () => {
    await connection.close();
    await world.close();
    await store.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function start(
    source: Omit<EventSource, "collection">,
    {
      outboxOn = connection,
      subscription = {},
    }: { outboxOn?: mongoose.Connection; subscription?: Parameters<typeof recorder>[2] } = {},
  ) {
    const bus = createBus();
    const common = { connection, bus, logger: quiet };
    const subscriptions = [recorder(world, "shop.a", subscription)];
    const inbox = createMongoInbox({ ...common, subscriptions });
    const outbox = createMongoOutbox({
      ...common,
      connection: outboxOn,
      publisher: "shop",
      sources: [{ collection: "things", ...source }],
      lease: { renewMs: 100, termMs: 1_000 },
      timing: FAST.timing ?? {},
    });
    inbox.start();
    outbox.start();
    stop = async () => {
      await outbox.stop(0);
      await inbox.stop();
      stop = () => Promise.resolve();
    };
    return outbox;
  }

  it("completes a payload from the document as it was read", async () => {
    await world.publish([noted("x", 1)]);
    start({
      fields: ["changes"],
      compose: (document, pending) => ({
        ...pending,
        data: {
          ...(pending.data as NotedData),
          n: 40 + (document as unknown as { changes: number }).changes,
        },
      }),
    });
    await eventually(async () => expect(await world.effects("shop.a")).toEqual([41]));
  });

  it("passes by a document whose event cannot be completed, and keeps that event", async () => {
    let broken = true;
    await world.publish([noted("bad", 1), noted("bad", 2)]);
    await world.publish([noted("good", 3)]);
    const outbox = start({
      compose(_document, pending) {
        if (broken && pending.key === "bad") throw new Error("no level");
        return pending;
      },
    });
    await eventually(async () => expect(await world.effects("shop.a")).toEqual([3]));
    await eventually(async () => expect((await outbox.status()).backlog).toBe(2));
    broken = false;
    await eventually(async () => expect(await world.effects("shop.a")).toEqual([3, 1, 2]));
  });

  const leases = () => databaseOf(connection).collection<LeaseDocument>("outbox_relay");
  /** Undefined while another has it. */
  async function take(timing?: LeaseTiming): Promise<Lease | undefined> {
    const answer = await takeLease(leases(), () => undefined, timing);
    return "heldForMs" in answer ? undefined : answer;
  }

  it("has one owner at a time, and a higher token for each", async () => {
    const first = await take();
    expect(first?.token).toBe(1);
    expect(await take()).toBeUndefined();
    await first?.release();
    const second = await take();
    expect(second?.token).toBe(2);
    expect(() => first?.check()).toThrow("lease was lost");
    await second?.release();
  });

  it("is left by an owner that could not renew, by its own clock, before another may begin", async () => {
    const first = await take({ renewMs: 60_000, termMs: 3_000 });
    first?.check();
    await new Promise((resolve) => setTimeout(resolve, 2_720));
    expect(() => first?.check()).toThrow("lease was lost");
    expect(await take()).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 400));
    const second = await take();
    expect(second?.token).toBe(2);
    await second?.release();
  });

  it("is taken over at once from a dead process of this machine", async () => {
    const first = await take();
    await leases().updateOne({ _id: "relay" }, { $set: { pid: 2 ** 22 + 1 } });
    const second = await take();
    expect(second?.token).toBe(2);
    await expect(first?.reload()).rejects.toThrow("lease was lost");
    await second?.release();
  });

  it("asks fewer than 10 queries a minute while nothing happens", async () => {
    // Thirty times faster than by default; faster, and a busy machine would lose the lease by waking late.
    const minuteMs = 60_000 / 30;
    const hurry = <Timing extends object>(timing: Timing) =>
      Object.fromEntries(
        Object.entries(timing).map(([name, ms]) => [name, (ms as number) / 30]),
      ) as Timing;
    const monitored = await mongoose
      .createConnection(store.url, { dbName: "shop", monitorCommands: true })
      .asPromise();
    const outbox = createMongoOutbox({
      connection: monitored,
      publisher: "shop",
      sources: [{ collection: "things" }, failureSource],
      lease: hurry(DEFAULT_LEASE),
      timing: hurry(DEFAULT_TIMING),
      bus: createBus(),
      logger: quiet,
    });
    outbox.start();
    stop = async () => {
      await outbox.stop();
      await monitored.close();
    };
    await eventually(() => expect(outbox.isRelaying()).toBe(true));
    await new Promise((resolve) => setTimeout(resolve, 1.5 * minuteMs)); // backing off
    const asked: string[] = [];
    monitored.getClient().on("commandStarted", ({ commandName }) => asked.push(commandName));
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 3 * minuteMs));
    const minutes = (performance.now() - began) / minuteMs;
    expect(asked).toContain("findAndModify");
    expect(asked.length / minutes).toBeLessThan(10);
  });

  /** The same database, where the update that makes a subscription live takes longer than those sent after it. */
  function delayGoingLive(ms: number) {
    const seen = { sent: false, landed: false };
    const own = databaseOf(connection);
    const withOne = <Target extends object>(target: Target, name: string, value: unknown): Target =>
      new Proxy(target, {
        get(_target, key) {
          if (key === name) return value;
          const found: unknown = Reflect.get(target, key);
          return typeof found === "function" ? (found.bind(target) as unknown) : found;
        },
      });
    const collection = (name: string) => {
      const rows = own.collection(name);
      const updateOne = async (filter: object, update: object) => {
        const isGoingLive = JSON.stringify(update).includes('"subscriptions.$.status":"live"');
        seen.sent ||= isGoingLive;
        if (isGoingLive) await new Promise((resolve) => setTimeout(resolve, ms));
        const answer = await rows.updateOne(filter, update);
        seen.landed ||= isGoingLive;
        return answer;
      };
      return withOne(rows, "updateOne", updateOne);
    };
    return { seen, late: withOne(connection, "db", withOne(own, "collection", collection)) };
  }

  it("loses nothing for a listener that gets stuck while it is being made live", async () => {
    let open = () => undefined as void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { seen, late } = delayGoingLive(1_500);
    const outbox = start({}, { outboxOn: late, subscription: { fail: () => gate } });
    await eventually(() => expect(seen.sent).toBe(true));
    const publish = async (n: number) => {
      await world.publish([noted("x", n)]);
      outbox.wake();
    };
    const archived = (count: number) =>
      eventually(async () => expect((await outbox.status()).archived).toBe(count));
    await publish(1);
    await archived(1);
    await publish(2);
    await archived(2);
    await eventually(() => expect(seen.landed).toBe(true));
    open();
    await publish(3);
    await eventually(async () => expect(await world.effects("shop.a")).toEqual([1, 2, 3]));
  });

  /** A claim, and another process's afterwards: the first has not noticed. */
  async function twoClaims() {
    const createStore = () =>
      createMongoOutboxStore({
        connection,
        publisher: "shop",
        sources: [{ collection: "things" }],
        logger: quiet,
      });
    const claimOf = async () => {
      const { claim } = await createStore().claim(() => undefined, 1_000);
      if (!claim) throw new Error("the claim is not free");
      return claim;
    };
    const first = await claimOf();
    await leases().updateOne({ _id: "relay" }, { $set: { owner: null } });
    const second = await claimOf();
    return { first, second, end: () => Promise.all([first.release(), second.release()]) };
  }

  it("lets an owner that lost its lease unseen move no subscription any more", async () => {
    const { first, second, end } = await twoClaims();
    await second.register("shop.a", "beginning");
    const [record] = await second.subscriptions(true);
    if (!record) throw new Error("not registered");
    expect(await first.advance(record, 7)).toBe(false);
    expect(await first.goLive(record)).toBe(false);
    await first.register("shop.b", "now");
    expect(await second.advance(record, 3)).toBe(true);
    expect(await second.subscriptions(true)).toEqual([{ ...record, position: 3 }]);
    await end();
  });

  it("puts at the end of the archive what an owner before it had copied and not pulled", async () => {
    const { first, second, end } = await twoClaims();
    const event = noted("x", 1);
    await world.publish([event, noted("x", 2)]);
    await first.fetch([], 10);
    // As after a death between the two writes of archiving.
    await databaseOf(connection)
      .collection("outbox_archive")
      .insertOne({
        ...event,
        _id: event.id as never,
        position: 2 ** 32 + 1,
        archivedAt: new Date(),
      });
    await second.register("shop.late", "now");
    const events = await second.fetch([], 10);
    await second.fallBehind("shop.late");
    await second.archive(events);
    const [late] = await second.subscriptions(true);
    const history = await second.history(late?.position ?? 0, null, 10);
    expect(history.map((row) => (row.event.data as NotedData).n)).toEqual([1, 2]);
    await end();
  });

  it("puts who falls behind at the end of the archive, not among what it has long heard", async () => {
    const { second, end } = await twoClaims();
    await second.register("shop.slow", "now");
    for (const n of [1, 2, 3]) {
      await world.publish([noted("x", n)]);
      await second.archive(await second.fetch([], 10));
    }
    await second.fallBehind("shop.slow");
    const [slow] = await second.subscriptions(true);
    expect(await second.history(slow?.position ?? 0, null, 10)).toEqual([]);
    await end();
  });

  it("hears another process at once where PostgreSQL carries the call", async () => {
    const postgres = await createPostgresWorld(inject("databaseUrl"));
    const far = { ...FAST.timing, firstPollMs: 60_000, longestPollMs: 60_000 };
    const startOne = () => {
      const bus = createBus();
      const inbox = createMongoInbox({
        connection,
        bus,
        logger: quiet,
        subscriptions: [recorder(world, "shop.a")],
      });
      const outbox = createMongoOutbox({
        connection,
        bus,
        logger: quiet,
        publisher: "shop",
        sources: [{ collection: "things" }],
        timing: far,
        // Nothing is heard by renewing it.
        lease: { renewMs: 60_000, termMs: 200_000 },
        calls: createCalls(postgres.database),
      });
      inbox.start();
      outbox.start();
      return { inbox, outbox };
    };
    const relaying = startOne();
    await eventually(() => expect(relaying.outbox.isRelaying()).toBe(true));
    const other = startOne();
    stop = async () => {
      for (const { outbox, inbox } of [other, relaying]) {
        await outbox.stop(0);
        await inbox.stop();
      }
      await postgres.close();
    };
    for (const n of [1, 2, 3]) {
      await world.publish([noted("x", n)]);
      await new Promise((resolve) => setTimeout(resolve, 100)); // it listens, and has asked what waits
      other.outbox.wake();
      await eventually(async () => expect((await world.effects("shop.a")).length).toBe(n), 2_000);
    }
    expect(other.outbox.isRelaying()).toBe(false);
  });
});
