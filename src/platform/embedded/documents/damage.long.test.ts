// A folder that cannot be trusted is refused in one sentence; what a power cut leaves is not.
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { serialize } from "bson";
import { expect, test } from "vitest";
import { FORMAT_KEY, type Level, openLevel, recordKey, toValue } from "./level.js";
import { Store } from "./store.js";
import { useStores, withClient } from "./testing.js";

const stores = useStores();

const path = () => join(stores.path, "store");

/** Stores documents, and changes the closed files by `change`. */
async function damage(change: (level: Level) => Promise<unknown>) {
  const store = await stores.start();
  await withClient(store, (db) => db.collection<{ _id: number }>("c").insertOne({ _id: 1 }));
  await store.stop();
  const level = await openLevel(path());
  await change(level);
  await level.close();
}

test("because of another format", async () => {
  await damage((level) => level.put(FORMAT_KEY, Buffer.from("4 0")));
  await expect(stores.start()).rejects.toThrow("is in format 4, this version reads format 3");
});

test("because an earlier version wrote it", async () => {
  mkdirSync(path());
  writeFileSync(join(path(), "data.mdb"), "");
  await expect(stores.start()).rejects.toThrow("is in format 1, this version reads format 3");
});

test("because a record is cut short", async () => {
  await damage((level) => level.put(recordKey(1, 1), Buffer.from(serialize({ _id: 1 }))));
  await expect(stores.start()).rejects.toThrow("record 1 of collection 1 cannot be read; restore");
});

test("because a key is cut short", async () => {
  await damage((level) =>
    level.put(recordKey(1, 2).subarray(0, 6), toValue(serialize({ _id: 2 }))),
  );
  await expect(stores.start()).rejects.toThrow("the key of a record cannot be read; restore");
});

test("because a unique index does not hold", async () => {
  await damage((level) => level.put(recordKey(1, 2), toValue(serialize({ _id: 1 }))));
  await expect(stores.start()).rejects.toThrow("duplicate key");
});

test.each([
  ["is missing", (level: Level) => level.del(recordKey(1, 1))],
  ["is an old one", (level: Level) => level.put(recordKey(1, 1), toValue(serialize({ _id: 2 })))],
  [
    "stands under another key",
    async (level: Level) => {
      await level.put(recordKey(1, 7), (await level.get(recordKey(1, 1))) ?? Buffer.alloc(0));
      await level.del(recordKey(1, 1));
    },
  ],
])("because a record %s, as where a disk spoilt a table", async (_, change) => {
  await damage(change);
  await expect(stores.start()).rejects.toThrow(
    "is missing or out of date; restore the last backup",
  );
});

test("but not because an earlier version kept no sum of all", async () => {
  await damage((level) => level.put(FORMAT_KEY, Buffer.from("2")));
  const store = await stores.start();
  await withClient(store, (db) => db.collection<{ _id: number }>("c").insertOne({ _id: 2 }));
  await store.stop();
  const level = await openLevel(path());
  await level.del(recordKey(1, 1));
  await level.close();
  await expect(stores.start()).rejects.toThrow(
    "is missing or out of date; restore the last backup",
  );
});

test("because this account may not write in it", async ({ skip }) => {
  await damage(() => Promise.resolve());
  try {
    execFileSync("mount", ["--bind", "-o", "ro", path(), path()], { stdio: "ignore" });
  } catch {
    skip("only root may mount");
  }
  try {
    await expect(stores.start()).rejects.toThrow(
      /cannot be opened \(.*Read-only file system\): start as the account/,
    );
  } finally {
    execFileSync("umount", [path()]);
  }
});

/** Commits records as the store does: `inOne` commit, or in one each. */
async function commit(texts: readonly string[], inOne: boolean) {
  const store = await Store.open(stores.path, (error) => {
    throw error;
  });
  for await (const _ of store.entries()); // it must know what is there
  for await (const { collection, id, sum } of store.records()) store.remove(collection, id, sum);
  for (const [at, text] of texts.entries()) {
    store.put(1, at + 1, serialize({ _id: at + 1, text }), 0);
    if (!inOne) await store.pending?.committed;
  }
  await store.close();
}

/** A log of 50 commits of about 10 KB. */
async function spoilLog(change: (file: string) => void) {
  const texts = Array.from({ length: 50 }, (_, at) =>
    `${at + 1}`.repeat(10_000 / `${at + 1}`.length),
  );
  await commit(texts, false);
  const [log = "no log"] = readdirSync(path()).filter((name) => name.endsWith(".log"));
  change(join(path(), log));
}

test.each([
  ["is gone", (file: string) => rmSync(file)],
  [
    "is scribbled over in the middle",
    (file: string) => writeFileSync(file, readFileSync(file).fill(7, 200_000, 200_100)),
  ],
  [
    "has zeros in the middle",
    (file: string) => writeFileSync(file, readFileSync(file).fill(0, 98_304, 131_072)),
  ],
  [
    "lost one bit at its beginning",
    (file: string) => {
      const bytes = readFileSync(file);
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    },
  ],
])("because its log %s", async (_, change) => {
  await damage(() => Promise.resolve());
  await spoilLog(change);
  await expect(stores.start()).rejects.toThrow(/is damaged: .*log.*; restore the last backup/);
});

test.each([
  ["cut", (bytes: Buffer) => bytes.subarray(0, -9000)],
  ["full of zeros", (bytes: Buffer) => bytes.fill(0, bytes.length - 9000)],
  ["longer than what was written", (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(9000)])],
])("but not because the end of its log is %s, as after a power cut", async (_, change) => {
  await damage(() => Promise.resolve());
  await spoilLog((file) => writeFileSync(file, change(readFileSync(file))));
  const store = await stores.start();
  const found = await withClient(store, (db) => db.collection("c").countDocuments());
  expect(found).toBeGreaterThanOrEqual(49);
});

/** The file of the tables, once what was in the log has gone there. */
async function spoil(change: (file: string) => void) {
  const texts = Array.from({ length: 2000 }, (_, at) => `${(at + 1) * 7919} `.repeat(20));
  await commit(texts, true);
  await (await openLevel(path())).close();
  const tables = readdirSync(path()).filter((name) => name.endsWith(".ldb"));
  const [largest = "no table"] = tables
    .map((name) => join(path(), name))
    .toSorted((a, b) => statSync(b).size - statSync(a).size);
  change(largest);
}

test.each([
  ["cut short", (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2))],
  ["empty", (file: string) => truncateSync(file, 0)],
  ["gone", (file: string) => rmSync(file)],
  ["scribbled over", (file: string) => writeFileSync(file, readFileSync(file).fill(7, 5000, 6000))],
  ["of zeros", (file: string) => writeFileSync(file, readFileSync(file).fill(0))],
])("because a file of it is %s", async (_, change) => {
  await spoil(change);
  await expect(stores.start()).rejects.toThrow(/is damaged: .*; restore the last backup/);
});

test.each(["CURRENT", /^MANIFEST/])("because it lacks %s", async (name) => {
  await spoil(() => {
    for (const file of readdirSync(path())) if (file.match(name)) rmSync(join(path(), file));
  });
  await expect(stores.start()).rejects.toThrow(/damaged: .*; restore the last backup/);
});
