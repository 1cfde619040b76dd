// Who may relay a MongoDB outbox after a death or a lost answer.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mongoose from "mongoose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startDocumentStore } from "../../embedded/documents/index.js";
import { quiet } from "../testing.js";
import type { Claim } from "../types.js";
import { databaseOf } from "./documents.js";
import type { LeaseDocument } from "./lease.js";
import { createMongoOutboxStore } from "./outbox-store.js";

const TERM_MS = 500;
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

describe("the right to relay a MongoDB outbox", () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof startDocumentStore>>;
  let connection: mongoose.Connection;
  const claims: Claim[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tiffin-lease-"));
    server = await startDocumentStore({ folder });
    connection = await mongoose.createConnection(server.url, { dbName: "shop" }).asPromise();
  });
  beforeEach(async () => {
    await leases().deleteMany({});
  });
  afterEach(async () => {
    for (const claim of claims.splice(0)) await claim.release().catch(() => undefined);
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const leases = () => databaseOf(connection).collection<LeaseDocument>("outbox_relay");
  const change = (set: Partial<LeaseDocument>) => leases().updateOne({}, { $set: set });

  /** One process: it claims, or answers undefined while another one has the claim. */
  function createProcess(on = connection, termMs = TERM_MS) {
    const store = createMongoOutboxStore({
      connection: on,
      publisher: "shop",
      sources: [],
      logger: quiet,
      lease: { renewMs: 60_000, termMs },
    });
    return async (): Promise<Claim | undefined> => {
      const { claim } = await store.claim(() => undefined, 1_000);
      if (claim) claims.push(claim);
      return claim ?? undefined;
    };
  }

  /** The same connection, on which nothing can be changed while it is broken. */
  function breakable() {
    const state = { broken: false };
    const own = databaseOf(connection);
    const collection = (name: string) => {
      const rows = own.collection(name);
      const updateOne = (...args: Parameters<typeof rows.updateOne>) =>
        state.broken ? Promise.reject(new Error("connection refused")) : rows.updateOne(...args);
      return new Proxy(rows, {
        get(target, key) {
          if (key === "updateOne") return updateOne;
          const found: unknown = Reflect.get(target, key);
          return typeof found === "function" ? (found.bind(target) as unknown) : found;
        },
      });
    };
    const on = { name: "shop", db: { collection } } as unknown as mongoose.Connection;
    return { state, on };
  }

  it("is taken again at once by the process that could not give it back while the store was away", async () => {
    const { state, on } = breakable();
    const claim = createProcess(on, 60_000);
    const first = await claim();
    state.broken = true;
    await expect(first?.release()).rejects.toThrow("connection refused");
    state.broken = false;
    expect(await claim()).toBeDefined();
  });

  it("is taken at once from a dead process with the same id, as in a container that is started again", async () => {
    await createProcess(connection, 60_000)();
    await change({ owner: "before-the-kill" });
    expect(await createProcess()()).toBeDefined();
  });

  it("stays with its owner on another machine, though that has the name of this one", async () => {
    const bootId = readFileSync(BOOT_ID, "utf8").trim();
    await createProcess(connection, 60_000)();
    const owner = await leases().findOne({});
    const host = owner?.host.replace(bootId, "another-start") ?? "";
    await change({ host, pid: 2 ** 22 + 1 });
    expect(await createProcess(connection, 60_000)()).toBeUndefined();
  });
});
