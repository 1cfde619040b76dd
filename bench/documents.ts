// The embedded document store: guarded reservations through mongoose, durable, against the same loop on
// an echo of the protocol that stores nothing; an indexed find, start time and memory at 100,000 documents.
// Run: npx tsx bench/documents.ts
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import mongoose from "mongoose";
import { startDocumentStore } from "../src/platform/embedded/documents/supervisor.js";
import { createListener } from "../src/platform/embedded/documents/server.js";
import { openTestEngine } from "../src/platform/embedded/documents/testing.js";
import { announce, report as reportAll } from "./kit/report.js";
import { memoryOf } from "./kit/server.js";

const SECONDS = Number(process.env["BENCH_SECONDS"] ?? 4);
const CLIENTS = [1, 16, 64];
const PRODUCTS = 200;
const LARGE = 100_000;
const PROTOTYPE = { 1: 244, 16: 920, 64: 1282 } as const;

const schema = new mongoose.Schema({
  name: String,
  category: { type: Number, index: true },
  available: Number,
  reserved: Number,
  reservations: [{ _id: false, orderId: String, quantity: Number }],
});

const reservation = (_id: unknown, order: number) => ({
  filter: {
    _id,
    available: { $gte: 1 },
    "reservations.orderId": { $ne: `o${order}` },
  },
  update: {
    $inc: { available: -1, reserved: 1 },
    $push: { reservations: { $each: [{ orderId: `o${order}`, quantity: 1 }], $slice: -20 } },
  },
});

async function reserve(url: string, clients: number): Promise<number> {
  const connection = await mongoose
    .createConnection(url, { dbName: `bench${clients}`, maxPoolSize: clients })
    .asPromise();
  const Product = connection.model("Product", schema);
  const ids = Array.from({ length: PRODUCTS }, () => new mongoose.Types.ObjectId());
  const products = ids.map((_id) => ({ _id, name: "p", available: 1e9, reserved: 0 }));
  await Product.collection.insertMany(products);
  let orders = 0;
  const loop = async (until: number) => {
    while (performance.now() < until) {
      const { filter, update } = reservation(ids[orders % PRODUCTS], orders++);
      await Product.findOneAndUpdate(filter, update, { returnDocument: "after", lean: true });
    }
  };
  const run = (seconds: number) =>
    Promise.all(Array.from({ length: clients }, () => loop(performance.now() + seconds * 1000)));
  await run(SECONDS / 4);
  const [before, start] = [orders, performance.now()];
  await run(SECONDS);
  const rate = ((orders - before) / (performance.now() - start)) * 1000;
  await connection.close();
  return rate;
}

/** Answers every reservation with the same document, from a process of its own. */
function serveEcho(socket: string): void {
  const value = {
    _id: 1,
    name: "p",
    available: 1,
    reserved: 1,
    reservations: Array.from({ length: 20 }, (_, at) => ({ orderId: `o${at}`, quantity: 1 })),
  };
  const { server } = createListener(async () => ({
    isWritablePrimary: true,
    helloOk: true,
    maxWireVersion: 21,
    minWireVersion: 0,
    logicalSessionTimeoutMinutes: 30,
    lastErrorObject: { n: 1, updatedExisting: true },
    value,
    n: 1,
    ok: 1,
  }));
  server.listen(socket, () => process.send?.("ready"));
  process.on("disconnect", () => process.exit());
}

async function startEcho(folder: string): Promise<{ url: string; child: ChildProcess }> {
  const socket = join(folder, "echo.sock");
  const child = fork(fileURLToPath(import.meta.url), ["echo", socket], {
    execArgv: ["--import", "tsx"],
  });
  await new Promise((resolve) => child.once("message", resolve));
  return { url: `mongodb://${encodeURIComponent(socket)}/?directConnection=true`, child };
}

/** The engine alone: no socket, no wait for the disk. */
async function engineMicroseconds(folder: string): Promise<number> {
  const { engine, run, close } = await openTestEngine(folder);
  const documents = Array.from({ length: PRODUCTS }, (_, _id) => ({ _id, available: 1e9 }));
  await run({ insert: "products", documents });
  const one = (order: number) => {
    const { filter: query, update } = reservation(order % PRODUCTS, order);
    const body = { findAndModify: "products", query, update, new: true, $db: "test" };
    const { call, command } = engine.prepare(body, { id: 1 });
    command.run(call);
  };
  for (let order = 0; order < 5000; order++) one(order);
  await run({ ping: 1 });
  const start = performance.now();
  for (let order = 5000; order < 15_000; order++) one(order);
  const spent = performance.now() - start;
  await close();
  return spent / 10;
}

async function measureLarge(folder: string): Promise<void> {
  const store = await startDocumentStore({ folder });
  const connection = await mongoose.createConnection(store.url, { dbName: "large" }).asPromise();
  const Product = connection.model("Product", schema);
  await Product.init();
  for (let at = 0; at < LARGE; at += 1000)
    await Product.collection.insertMany(
      Array.from({ length: 1000 }, (_, i) => ({
        name: `Product number ${at + i}`,
        category: (at + i) % 1000,
        available: (at + i) * 7,
        reserved: 0,
        reservations: [{ orderId: `o${i}`, quantity: 1 }],
      })),
    );
  const time = async (work: () => Promise<unknown>, times: number) => {
    await work();
    const start = performance.now();
    for (let at = 0; at < times; at++) await work();
    return (performance.now() - start) / times;
  };
  const find = (filter: object) => Product.find(filter).sort({ available: -1 }).limit(20).lean();
  report(
    "indexed find, sort, limit 20",
    `${(await time(() => find({ category: 7 }), 200)).toFixed(2)} ms`,
  );
  report(
    "unindexed find, sort, limit 20",
    `${(await time(() => find({ reserved: 0 }), 10)).toFixed(1)} ms`,
  );
  await connection.close();
  await store.stop();
  const start = performance.now();
  const again = await startDocumentStore({ folder });
  report(`start with ${LARGE} documents`, `${(performance.now() - start).toFixed(0)} ms`);
  report("memory of its process", `${await memoryOf(again.pid)} MB`);
  await again.stop();
}

const rows: { what: string; figure: string }[] = [];
const report = (what: string, figure: string) => rows.push({ what, figure });

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-documents-"));
  announce("documents");
  try {
    const startedAt = performance.now();
    const store = await startDocumentStore({ folder: join(folder, "store") });
    report("start with an empty folder", `${(performance.now() - startedAt).toFixed(0)} ms`);
    report(
      "engine time per guarded update",
      `${(await engineMicroseconds(mkdtempSync(join(folder, "e")))).toFixed(0)} µs (prototype: 84)`,
    );
    const echo = await startEcho(folder);
    for (const clients of CLIENTS) {
      const durable = await reserve(store.url, clients);
      const bare = await reserve(echo.url, clients);
      const was = PROTOTYPE[clients as keyof typeof PROTOTYPE];
      report(
        `guarded reservations, ${clients} clients`,
        `${durable.toFixed(0)} op/s = ${(durable / bare).toFixed(2)} of the echo's ${bare.toFixed(0)} (prototype: ${was} op/s)`,
      );
    }
    echo.child.disconnect();
    await store.stop();
    await measureLarge(join(folder, "large"));
    reportAll("documents", rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[2] === "echo") serveEcho(process.argv[3] ?? "");
else await main();
