// The promises of conformance.ts on the embedded document store, or on the MongoDB of MONGODB_URL when that is set.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDocumentStore } from "../embedded/documents/index.js";
import { describeEvents } from "./conformance.js";
import { createMongoWorld } from "./mongo/testing.js";

describeEvents("MongoDB", async () => {
  const name = `tiffin_test_${randomBytes(6).toString("hex")}`;
  const given = process.env["MONGODB_URL"];
  if (given) return createMongoWorld(given, name);
  const folder = await mkdtemp(join(tmpdir(), "tiffin-events-"));
  const store = await startDocumentStore({ folder });
  const world = await createMongoWorld(store.url, name);
  return {
    ...world,
    async close() {
      await world.close();
      await store.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
