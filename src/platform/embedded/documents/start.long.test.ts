// Starting, locking, backing up, and clients that do not speak the protocol.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { explained, type Level, makeWhole, recordKey } from "./level.js";
import { createTestStore, type TestStore, useStores, withClient } from "./testing.js";
import { startDocumentStore } from "./supervisor.js";

const stores = useStores();

test("of two starters on one folder the second is refused and told who owns it", async () => {
  const first = await stores.start();
  await expect(stores.start()).rejects.toThrow(`in use by process ${first.pid}`);
  await withClient(first, async (db) => expect(await db.command({ ping: 1 })).toEqual({ ok: 1 }));
});

test("of two that start at once exactly one runs", async () => {
  const results = await Promise.allSettled([stores.start(), stores.start()]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

test.each([
  ["too long for a socket", join("a".repeat(60), "b".repeat(60))],
  ["with a percent sign, which the driver would take for a code", "100%25 per%cent"],
])("a path %s is no obstacle", async (_what, folder) => {
  const deep = join(stores.path, folder);
  mkdirSync(deep, { recursive: true });
  const store = await stores.start(deep);
  await withClient(store, async (db) => expect(await db.command({ ping: 1 })).toEqual({ ok: 1 }));
});

test("a backup taken while writing goes on can be started", async () => {
  const store = await stores.start();
  const target = join(stores.path, "backup");
  const before = await withClient(store, async (db) => {
    const things = db.collection<{ _id: number }>("things");
    await things.createIndex({ n: 1 }, { unique: true });
    for (let _id = 0; _id < 50; _id++) await things.insertOne({ _id, n: _id } as { _id: number });
    const writing = things.insertMany(
      Array.from({ length: 2000 }, (_, at) => ({ _id: 100 + at, n: 100 + at })),
    );
    await store.backup(target);
    await writing;
    return things.countDocuments();
  });
  expect(before).toBe(2050);
  const copy = await stores.start(target);
  await withClient(copy, async (db) => {
    expect(await db.collection("things").countDocuments()).toBeGreaterThanOrEqual(50);
    expect(await db.command({ validate: "things" })).toMatchObject({ valid: true });
  });
  await expect(store.backup(target)).rejects.toThrow("not empty");
});

test("each of several backups at once is told of its own end", async () => {
  const store = await stores.start();
  await withClient(store, (db) =>
    db.collection("things").insertMany(Array.from({ length: 5000 }, (_, n) => ({ n }))),
  );
  const backup = (name: string) => store.backup(join(stores.path, name));
  const began = performance.now();
  await backup("first");
  const took = performance.now() - began;
  const one = backup("one");
  await new Promise((resolve) => setTimeout(resolve, took / 2));
  const two = backup("two");
  await one;
  await Promise.all([two, backup("three")]);
});

test("a backup fails when the store's process is gone for good", async () => {
  const store = await stores.start();
  const gone = new Promise((resolve) => store.onExit(resolve));
  const { pid } = store;
  process.kill(pid, "SIGKILL");
  await expect.poll(() => store.pid, { timeout: 10_000 }).not.toBe(pid);
  process.kill(store.pid, "SIGKILL");
  await gone;
  for (const name of ["one", "two"])
    await expect(store.backup(join(stores.path, name))).rejects.toThrow("process ended (SIGKILL)");
});

test("a stop while the process is being started again leaves none", async () => {
  const dying = new Promise<void>((resolve) => {
    const logger = { info: () => undefined, warn: () => resolve(), error: () => undefined };
    void startDocumentStore({ folder: stores.path, logger }).then((store) => {
      stores.running.push(store);
      process.kill(store.pid, "SIGKILL");
    });
  });
  await dying;
  await stores.running[0]?.stop();
  await stores.start(); // nobody holds the folder
});

test("a backup that cannot be written says so of itself, not of the store, which goes on", async () => {
  const store = await stores.start();
  writeFileSync(join(stores.path, "file"), "");
  await expect(store.backup(join(stores.path, "file", "backup"))).rejects.toThrow(
    /^The backup .* could not be made \(.*\): free some space there, or choose another folder\. The store itself goes on\.$/,
  );
  await withClient(store, async (db) => expect(await db.command({ ping: 1 })).toEqual({ ok: 1 }));
});

test("names the remedy for too many open files, which is not another account", async () => {
  const cause = Object.assign(new Error("IO error: x/MANIFEST-000002: Too many open files"), {
    code: "LEVEL_IO_ERROR",
  });
  const failing = () => Promise.reject(new Error("Database failed to open", { cause }));
  await expect(explained("/data", failing)).rejects.toThrow(
    /cannot be opened \(.*Too many open files\): let this account open more files/,
  );
});

test("leaves nothing of what could not be made whole", async () => {
  const path = join(stores.path, "copy");
  const fill = (level: Level) =>
    level.put(recordKey(1, 1), Buffer.alloc(1000)).then(() => {
      throw new Error("no room");
    });
  await expect(makeWhole(path, fill)).rejects.toThrow("no room");
  expect(readdirSync(stores.path)).toEqual([]);
});

test("makes anew what was killed while it was made", async () => {
  mkdirSync(join(stores.path, "store.new"));
  writeFileSync(join(stores.path, "store.new", "CURRENT"), "half");
  const store = await stores.start();
  await withClient(store, (db) => db.collection("c").insertOne({}));
});

describe("a client that does not speak the protocol", () => {
  let store: TestStore;
  beforeEach(async () => {
    store = await createTestStore();
  });
  afterEach(() => store.close());

  const dial = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const { pathname } = new URL(store.store.url.replace("mongodb://", "http://x/"));
      const path = decodeURIComponent(pathname.slice(1).replace(/\/$/, ""));
      const socket = connect(path, () => resolve(socket));
      socket.once("error", reject);
    });
  const closed = (socket: Socket) =>
    new Promise((resolve) => {
      socket.on("error", () => {});
      socket.once("close", resolve);
      socket.resume();
    });
  const pong = () => store.database.command({ ping: 1 });

  test.each([
    ["garbage", Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")],
    [
      "a length of 100 MB",
      Buffer.from([0, 0xe1, 0xf5, 0x05, 1, 0, 0, 0, 0, 0, 0, 0, 0xdd, 7, 0, 0]),
    ],
    ["a negative length", Buffer.alloc(16, 0xff)],
  ])("loses its connection for %s, and nobody else notices", async (_, bytes) => {
    const socket = await dial();
    socket.write(bytes);
    await closed(socket);
    expect(await pong()).toEqual({ ok: 1 });
  });

  test("may leave in the middle of a message", async () => {
    const socket = await dial();
    socket.write(Buffer.from([200, 0, 0, 0, 1, 0, 0, 0]));
    socket.destroy();
    expect(await pong()).toEqual({ ok: 1 });
  });

  test("can be one of a thousand", async () => {
    const sockets = await Promise.all(Array.from({ length: 1000 }, dial));
    expect(await pong()).toEqual({ ok: 1 });
    const current = async () => {
      const status = await store.client.db("admin").command({ serverStatus: 1 });
      return status["connections"].current as number;
    };
    await expect.poll(current).toBeGreaterThanOrEqual(1000);
    for (const socket of sockets) socket.destroy();
  });
});
