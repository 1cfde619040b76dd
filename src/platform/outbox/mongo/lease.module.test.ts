// Who may relay a MongoDB outbox after a death, a lost answer, or a leap of the clock.
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mongoose from "mongoose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startDocumentStore } from "../../embedded/documents/index.js";
import { quiet } from "../testing.js";
import type { Claim } from "../types.js";
import { databaseOf } from "./documents.js";
import type { LeaseDocument } from "./lease.js";
import { createMongoOutboxStore } from "./outbox-store.js";

const TERM_MS = 500;
const HOUR_MS = 3_600_000;
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
    vi.restoreAllMocks();
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
  const clockIsOff = (ms: number) => {
    const now = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => now() + ms);
  };
  const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  /** The same connection, where something happens before each write of this kind. */
  function before(write: "updateOne" | "findOneAndUpdate", happens: () => Promise<unknown>) {
    const own = databaseOf(connection);
    const collection = (name: string) =>
      new Proxy(own.collection(name), {
        get(rows, key) {
          const found: unknown = Reflect.get(rows, key);
          if (typeof found !== "function") return found;
          if (key !== write) return found.bind(rows) as unknown;
          return async (...args: unknown[]) => {
            await happens();
            return found.apply(rows, args) as unknown;
          };
        },
      });
    return { name: "shop", db: { collection } } as unknown as mongoose.Connection;
  }

  it("is taken again at once by the process that could not give it back while the store was away", async () => {
    let isAway = false;
    const away = () => (isAway ? Promise.reject(new Error("refused")) : Promise.resolve());
    const claim = createProcess(before("updateOne", away), 60_000);
    const first = await claim();
    isAway = true;
    await expect(first?.release()).rejects.toThrow("refused");
    isAway = false;
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

  it("is free one term after it was seen, though the clock was put back by an hour since its owner died", async () => {
    await createProcess()();
    await change({ host: "another" });
    clockIsOff(-HOUR_MS);
    const claim = createProcess();
    expect(await claim()).toBeUndefined();
    await pass(TERM_MS + 50);
    expect(await claim()).toBeDefined();
  });

  it("stays with an owner that was seen at work, though the clock is put forward by an hour", async () => {
    await createProcess()();
    await change({ host: "another" });
    const claim = createProcess();
    expect(await claim()).toBeUndefined();
    await change({ until: new Date(Date.now() + TERM_MS) });
    clockIsOff(HOUR_MS);
    expect(await claim()).toBeUndefined();
    await pass(TERM_MS + 50);
    expect(await claim()).toBeDefined();
  });

  it("stays with an owner that renews it late, when another one has seen that it is free", async () => {
    await createProcess()();
    await change({ host: "another", until: new Date(0) });
    const renew = () => change({ until: new Date(Date.now() + TERM_MS) });
    expect(await createProcess(before("findOneAndUpdate", renew))()).toBeUndefined();
  });
});
