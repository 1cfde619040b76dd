// Two restaurants, each with a PostgreSQL database of its own, whose settings name one document store by mistake: the
// second one would sell the first one's stock.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mongo } from "mongoose";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { type DocumentStore, startDocumentStore } from "#platform/embedded";
import { createEmptyDatabase, type TestDatabase } from "../../src/platform/db/testing.js";
import { bootTiffin } from "./tiffin.js";

let folder: string;
let store: DocumentStore;
let databases: TestDatabase[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tiffin-two-"));
  store = await startDocumentStore({ folder });
  databases = await Promise.all([1, 2].map(() => createEmptyDatabase(inject("databaseUrl"))));
});
afterAll(async () => {
  for (const database of databases) await database.drop();
  await store.stop();
  await rm(folder, { recursive: true, force: true });
});

it("refuses the second restaurant, writes nothing of it, and lets it take the store over when told to", async () => {
  const [first, second] = [0, 1].map((one) => ({
    DATABASE_URL: databases[one]?.url ?? "",
    MONGODB_URL: store.url,
  }));
  await (await bootTiffin(first)).stop();

  const client = new mongo.MongoClient(store.url);
  const inventory = client.db("tiffin_inventory");
  const all = async () => [
    await inventory.collection("products").find().toArray(),
    await inventory.collection("belongs_to").find().toArray(),
  ];
  const before = await all();
  const refused = await bootTiffin(second).catch((error: unknown) => error);
  expect(await all()).toEqual(before);
  await client.close();

  const { message } = refused as Error;
  expect(message).toMatch(/^The database tiffin_inventory .* belongs to another restaurant/);
  const owner = /ADOPT_DOCUMENTS_OF=([0-9a-f-]{36})\.$/.exec(message)?.[1] ?? "";
  await (await bootTiffin(first)).stop();

  await (await bootTiffin({ ...second, ADOPT_DOCUMENTS_OF: owner })).stop();
  await (await bootTiffin(second)).stop();
  await expect(bootTiffin(first)).rejects.toThrow("belongs to another restaurant");
}, 120_000);
