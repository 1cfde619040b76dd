// The command-line tools beside a server: one that is only starting, and one of another account.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { mongo } from "mongoose";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startDocumentStore } from "#platform/embedded";
import { createProcessFolder, type ProcessFolder } from "./process.js";
import { eventually } from "./tiffin.js";

let folder: ProcessFolder;
beforeEach(async () => {
  folder = await createProcessFolder();
});
afterEach(() => folder.remove());

it("waits for a server that is starting, and says so", async () => {
  const starting = folder.start();
  await eventually(
    () =>
      access(join(folder.dataDir, "lock")).then(
        () => true,
        () => false,
      ),
    (locked) => locked,
  );
  const reconciled = await folder.run({}, "src/cli/reconcile.ts");
  const running = await starting;
  expect(reconciled.output).toContain("Everything adds up");
  expect(reconciled.code).toBe(0);
  expect(reconciled.output).toMatch(
    new RegExp(`The server \\(process ${running.child.pid}\\) does not answer yet. Waiting`),
  );
  await running.end("SIGTERM");
}, 120_000);

it("exports to the address in EXPORT_TO, which no process list shows, but not over another restaurant's documents", async () => {
  const source = await startDocumentStore({ folder: join(folder.dataDir, "documents") });
  const target = await startDocumentStore({ folder: join(folder.dataDir, "../target") });
  const [from, to] = [source, target].map(({ url }) => new mongo.MongoClient(url));
  const products = (client?: mongo.MongoClient) =>
    client?.db("tiffin_inventory").collection("products");
  const notes = to?.db("tiffin_inventory").collection("belongs_to");
  await products(from)?.insertOne({ sku: "MOH-01" });
  await from?.close();
  await source.stop();

  const exporting = (EXPORT_TO: string) => folder.run({ EXPORT_TO }, "src/cli/documents-export.ts");
  expect((await exporting("")).output).toContain("EXPORT_TO");
  await notes?.insertOne({ _id: "restaurant" as never, identity: "another" });
  const refused = await exporting(target.url);
  expect(refused).toMatchObject({ code: 1, output: expect.stringMatching(/another restaurant/) });
  expect(await products(to)?.countDocuments()).toBe(0);
  await notes?.deleteMany();
  expect((await exporting(target.url)).output).toContain("1 documents");
  expect(await products(to)?.countDocuments()).toBe(1);
  await to?.close();
  await target.stop();
}, 120_000);
