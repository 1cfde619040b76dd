// What was acknowledged is there after kill -9, whoever was writing; and a full disk ends the store
// without a lie.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mongo } from "mongoose";
import { expect, test } from "vitest";
import { startDocumentStore } from "./supervisor.js";
import { temporaryFolder } from "./testing.js";

const ROUNDS = 20;
const WRITERS = 16;

test("twenty times kill -9 under sixteen writers loses nothing that was acknowledged", async () => {
  const folder = await temporaryFolder();
  const acknowledged = new Map<number, number>(); // per counter, the highest value that was confirmed
  const attempted = new Map<number, number>();
  const inserted: string[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const store = await startDocumentStore({ folder: folder.path });
    const client = await new mongo.MongoClient(store.url, {
      retryWrites: false,
      serverSelectionTimeoutMS: 500,
    }).connect();
    const counters = client.db("test").collection<{ _id: number; n: number }>("counters");
    const log = client.db("test").collection<{ _id: string }>("log");
    for (const [_id, n] of acknowledged)
      expect((await counters.findOne({ _id }))?.n ?? 0).toBeGreaterThanOrEqual(n);
    for (const [_id, n] of attempted)
      expect((await counters.findOne({ _id }))?.n ?? 0).toBeLessThanOrEqual(n);
    expect(await log.countDocuments({ _id: { $in: inserted } })).toBe(inserted.length);
    for (const { _id, n } of await counters.find().toArray()) attempted.set(_id, n);

    let killed = false;
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let at = 0; !killed; at++)
        try {
          attempted.set(writer, (attempted.get(writer) ?? 0) + 1);
          const change = { $inc: { n: 1 } };
          const options = { upsert: true, returnDocument: "after" } as const;
          const after = await counters.findOneAndUpdate({ _id: writer }, change, options);
          acknowledged.set(writer, after?.n ?? 0);
          const _id = `${round}-${writer}-${at}`;
          await log.insertOne({ _id });
          inserted.push(_id);
        } catch {
          if (killed) return;
        }
    });
    await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400));
    killed = true;
    const { pid } = store;
    const stopped = store.stop(); // no second life: the next round starts it
    process.kill(pid, "SIGKILL");
    await stopped;
    await Promise.all(writers);
    await client.close(true);
  }
  expect(inserted.length).toBeGreaterThan(ROUNDS * WRITERS);
  await folder.remove();
});

test("on a full disk nothing is acknowledged that is not kept, and the end is said in one line", async (context) => {
  const mount = mkdtempSync(join(tmpdir(), "documents-full-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", mount], { stdio: "ignore" });
  } catch {
    rmSync(mount, { recursive: true, force: true });
    return context.skip("this account may not mount a small disk");
  }
  try {
    const store = await startDocumentStore({ folder: join(mount, "data") });
    const reasons: string[] = [];
    store.onExit((reason) => reasons.push(reason));
    const client = await new mongo.MongoClient(store.url, {
      retryWrites: false,
      serverSelectionTimeoutMS: 1000,
    }).connect();
    const things = client.db("test").collection<{ _id: number; text: string }>("things");
    let kept = 0;
    for (let _id = 0; _id < 500 && reasons.length === 0; _id++)
      await things.insertOne({ _id, text: "x".repeat(50_000) }).then(
        () => kept++,
        () => undefined,
      );
    expect(kept).toBeGreaterThan(0);
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatch(/cannot write to its disk/);
    await client.close(true);
    await store.stop();
    execFileSync("mount", ["-o", "remount,size=64m", mount]);
    const again = await startDocumentStore({ folder: join(mount, "data") });
    const check = await new mongo.MongoClient(again.url).connect();
    const found = await check.db("test").collection("things").countDocuments();
    expect(found).toBeGreaterThanOrEqual(kept);
    await check.close();
    await again.stop();
  } finally {
    execFileSync("umount", [mount]);
    rmSync(mount, { recursive: true, force: true });
  }
});

test("the store's process goes when its parent is killed", async () => {
  const folder = await temporaryFolder();
  const script = join(folder.path, "parent.mts");
  const supervisor = new URL("./supervisor.ts", import.meta.url).href;
  writeFileSync(
    script,
    `import { startDocumentStore } from ${JSON.stringify(supervisor)};
     const store = await startDocumentStore({ folder: ${JSON.stringify(join(folder.path, "data"))} });
     console.log(store.pid); process.kill(process.pid, "SIGKILL");`,
  );
  let output = "";
  try {
    execFileSync(process.execPath, ["--import", "tsx", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  } catch (error) {
    output = String((error as { stdout: Buffer }).stdout);
  }
  const pid = Number(output);
  expect(pid).toBeGreaterThan(0);
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  const next = await startDocumentStore({ folder: join(folder.path, "data") });
  await next.stop();
  await folder.remove();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
