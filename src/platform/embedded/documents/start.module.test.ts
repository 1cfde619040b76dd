// Starting, locking, backing up, and clients that do not speak the protocol.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { serialize } from "bson";
import { open } from "lmdb";
import { mongo } from "mongoose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestStore, temporaryFolder, type TestStore } from "./testing.js";
import { startDocumentStore, type DocumentStore } from "./supervisor.js";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let running: DocumentStore[];
beforeEach(async () => {
  folder = await temporaryFolder();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((store) => store.stop()));
  await folder.remove();
});

async function start(path = folder.path): Promise<DocumentStore> {
  const store = await startDocumentStore({ folder: path });
  running.push(store);
  return store;
}

async function withClient<T>(store: DocumentStore, work: (db: mongo.Db) => Promise<T>): Promise<T> {
  const client = new mongo.MongoClient(store.url);
  try {
    return await work(client.db("test"));
  } finally {
    await client.close();
  }
}

test("of two starters on one folder the second is refused and told who owns it", async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(`in use by process ${first.pid}`);
  await withClient(first, async (db) => expect(await db.command({ ping: 1 })).toEqual({ ok: 1 }));
});

test("of two that start at once exactly one runs", async () => {
  const results = await Promise.allSettled([start(), start()]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

test("a path too long for a socket is no obstacle", async () => {
  const deep = join(folder.path, "a".repeat(60), "b".repeat(60));
  mkdirSync(deep, { recursive: true });
  const store = await start(deep);
  await withClient(store, async (db) => expect(await db.command({ ping: 1 })).toEqual({ ok: 1 }));
});

test("a backup taken while writing goes on can be started", async () => {
  const store = await start();
  const target = join(folder.path, "backup");
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
  const copy = await start(target);
  await withClient(copy, async (db) => {
    expect(await db.collection("things").countDocuments()).toBeGreaterThanOrEqual(50);
    expect(await db.command({ validate: "things" })).toMatchObject({ valid: true });
  });
  await expect(store.backup(target)).rejects.toThrow("not empty");
});

describe("a folder that cannot be trusted is refused", () => {
  async function damage(
    change: (environment: ReturnType<typeof open<Buffer>>) => Promise<unknown>,
  ) {
    const store = await start();
    await withClient(store, (db) => db.collection<{ _id: number }>("c").insertOne({ _id: 1 }));
    await store.stop();
    const environment = open<Buffer>({
      path: join(folder.path, "store"),
      noSubdir: false,
      encoding: "binary",
      maxDbs: 8,
    });
    await change(environment);
    await environment.close();
  }

  test("because of another format", async () => {
    await damage((environment) => environment.put("format", Buffer.from("2")));
    await expect(start()).rejects.toThrow("is in format 2, this version reads format 1");
  });

  test("because a record is cut short", async () => {
    await damage((environment) => {
      const records = environment.openDB<Buffer>({ name: "records", encoding: "binary" });
      return records.put([1, 1], Buffer.from(serialize({ _id: 1 })).subarray(0, 8));
    });
    await expect(start()).rejects.toThrow("record 1 of collection 1 cannot be read");
  });

  test("because a unique index does not hold", async () => {
    await damage((environment) => {
      const records = environment.openDB<Buffer>({ name: "records", encoding: "binary" });
      return records.put([1, 2], Buffer.from(serialize({ _id: 1 })));
    });
    await expect(start()).rejects.toThrow("duplicate key");
  });

  test("because this account may not write in it", async ({ skip }) => {
    const place = join(folder.path, "store");
    mkdirSync(place);
    try {
      execFileSync("mount", ["--bind", "-o", "ro", place, place], { stdio: "ignore" });
    } catch {
      skip("only root may mount");
    }
    try {
      await expect(start()).rejects.toThrow(
        /may not be read and written by this account \(EROFS.*: start as the account/,
      );
    } finally {
      execFileSync("umount", [place]);
    }
  });

  test("because it is not a store at all", async () => {
    mkdirSync(join(folder.path, "store"));
    writeFileSync(join(folder.path, "store", "data.mdb"), "not a database ".repeat(1000));
    await expect(start()).rejects.toThrow("restore the last backup");
  });

  test.each([
    ["cut short", (size: number) => Math.floor(size / 2)],
    ["cut down to one page", () => 4096],
    ["empty, which would pass for a new store", () => 0],
  ])("because its file is %s", async (_, length) => {
    const store = await start();
    await withClient(store, (db) =>
      db
        .collection("c")
        .insertMany(Array.from({ length: 2000 }, () => ({ text: "x".repeat(100) }))),
    );
    await store.stop();
    const file = join(folder.path, "store", "data.mdb");
    truncateSync(file, length(statSync(file).size));
    await expect(start()).rejects.toThrow(/is damaged: .*; restore the last backup/);
  });

  test("because its pages were scribbled over", async () => {
    const store = await start();
    await withClient(store, (db) => db.collection("c").insertOne({ text: "x" }));
    await store.stop();
    const file = join(folder.path, "store", "data.mdb");
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0, 2 * 4096));
    await expect(start()).rejects.toThrow(/is damaged: .*; restore the last backup/);
  });
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
