// All documents are in memory: whoever keeps the server hears of it before that is full, and what to do when it is.
import { expect, test } from "vitest";
import { startDocumentStore } from "./supervisor.js";
import { useStores, withClient } from "./testing.js";

const stores = useStores();

test("tells when its memory is nearly full and when it is, and starts again with more", async () => {
  const warnings: string[] = [];
  const logger = {
    info: () => undefined,
    warn: (message: string) => warnings.push(message),
    error: () => undefined,
  };
  const small = await startDocumentStore({ folder: stores.path, logger, memoryMegabytes: 128 });
  stores.running.push(small);
  const gone = new Promise<string>((resolve) => small.onExit(resolve));
  let acknowledged = 0;
  const impatient = { ...small, url: `${small.url}&serverSelectionTimeoutMS=500` };
  await withClient(impatient, async (db) => {
    for (let page = 0; page < 400; page++) {
      const documents = Array.from({ length: 100 }, (_, n) => ({
        name: `${page} ${n}`.padEnd(20_000, "x"),
      }));
      await db.collection("things").insertMany(documents);
      acknowledged += documents.length;
    }
  }).catch(() => undefined);
  expect(await gone).toMatch(
    /has no room left in the 128 MB of memory .*: give the machine more memory.*documents:export/,
  );
  expect(warnings[0]).toMatch(/they take \d+ of the 128 MB .*EVENT_RETENTION_DAYS/);

  const large = await startDocumentStore({ folder: stores.path, memoryMegabytes: 1_024 });
  stores.running.push(large);
  await withClient(large, async (db) =>
    expect(await db.collection("things").countDocuments()).toBeGreaterThanOrEqual(acknowledged),
  );
});
