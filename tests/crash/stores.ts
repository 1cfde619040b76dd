// The databases of a test, kept while servers on them die: then a death costs the start of one process, not of three.
// Real ones, in a folder of their own, which can be paused, killed and filled up. Nothing is forced to disk, since the
// machine under them does not die.
import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, statSync } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mongo } from "mongoose";
import { Client } from "pg";
import { openDataFolder, startDocumentStore, startEmbeddedPostgres } from "#platform/embedded";

export type Stores = Awaited<ReturnType<typeof openStores>>;

/** `smallDisk`: orders and money lie on a disk of 64 MB of their own, where this account may mount one. */
export async function openStores({ smallDisk = false } = {}) {
  const path = await mkdtemp(join(tmpdir(), "tiffin-stores-"));
  const folder = await openDataFolder(join(path, "data"));
  const startPostgres = () => startEmbeddedPostgres({ folder, volatile: true });
  const startDocuments = () => startDocumentStore({ folder: join(path, "documents") });
  let [postgres, documents] = await Promise.all([startPostgres(), startDocuments()]);
  let risen = Promise.resolve();
  const disk = smallDisk ? mountSmallDisk(path, join(folder.path, "postgres")) : undefined;

  const urlOf = (database: string) => {
    const url = new URL(postgres.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  async function query<Row>(database: string, text: string, values: readonly unknown[] = []) {
    const client = new Client({ connectionString: urlOf(database) });
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows as Row[];
    } finally {
      await client.end();
    }
  }
  if (disk !== undefined) await query("postgres", `create tablespace small location '${disk}'`);
  await query("postgres", `create database tiffin${disk ? " tablespace small" : ""}`);
  // A commit must at least leave the process, which may be killed.
  await query("postgres", "alter database tiffin set synchronous_commit = on");
  const mongoClient = new mongo.MongoClient(documents.url);

  /** Rows as the database has them, whatever a process says. */
  const read = <Row>(text: string, values?: readonly unknown[]) =>
    query<Row>("tiffin", text, values);

  return {
    postgresUrl: () => urlOf("tiffin"),
    postgresPid: () => postgres.pid,
    documentsUrl: () => documents.url,
    documentsPid: () => documents.pid,
    /** Undefined where there is none. */
    disk,
    /** What a process on these needs. */
    env: {
      DATABASE_URL: urlOf("tiffin"),
      MONGODB_URL: documents.url,
      TIFFIN_SECRET: "every process on them must sign in to the same roles",
    },
    read,
    /** Of inventory, as they are stored. */
    collection: <Row extends mongo.Document>(name: string) =>
      mongoClient.db("tiffin_inventory").collection<Row>(name),
    async documentsBytes(): Promise<number> {
      const folder = join(path, "documents");
      const names = await readdir(folder, { recursive: true });
      const sizes = await Promise.all(
        names.map((name) =>
          // It merges its files meanwhile, and removes the old ones.
          stat(join(folder, name)).then(
            (file) => (file.isFile() ? file.size : 0),
            () => 0,
          ),
        ),
      );
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    dropDocuments: () => mongoClient.db("tiffin_inventory").dropDatabase(),
    /** As if the time of every lease had passed. For processes that are dead: another one may be on these databases,
     *  so the next one would wait. */
    async letLeasesRunOut(): Promise<void> {
      await read("update orders.sagas set lease_until = now() where lease_until > now()");
    },
    /** As if more than a minute had passed since each reservation was made. */
    async letReservationsAge(): Promise<void> {
      const products = mongoClient.db("tiffin_inventory").collection("products");
      for await (const { _id, reservations } of products.find({
        "reservations.0": { $exists: true },
      })) {
        const aged = (reservations as { at: Date }[]).map((one) => ({
          ...one,
          at: new Date(one.at.getTime() - 2 * 60_000),
        }));
        await products.updateOne({ _id, reservations }, { $set: { reservations: aged } });
      }
    },
    /** Stopped cleanly; afterwards it may answer elsewhere. */
    async restartPostgres(): Promise<void> {
      await postgres.stop();
      postgres = await startPostgres();
    },
    /** SIGKILL. It is there again when `documentsRisen` says so. */
    killDocuments(): void {
      const dying = documents;
      const pid = dying.pid;
      process.kill(pid, "SIGKILL");
      // It starts itself again, but not twice within a minute.
      let gone = false;
      dying.onExit(() => (gone = true));
      risen = (async () => {
        while (!gone && dying.pid === pid) await new Promise((resolve) => setTimeout(resolve, 10));
        if (gone) documents = await startDocuments();
      })();
    },
    documentsRisen: () => risen,
    async close(): Promise<void> {
      await mongoClient.close();
      await Promise.all([postgres.stop(), documents.stop()]);
      await folder.release();
      if (disk !== undefined) execFileSync("umount", [disk]);
      await rm(path, { recursive: true, force: true });
    },
  };
}

function mountSmallDisk(path: string, owned: string): string | undefined {
  const disk = join(path, "disk");
  mkdirSync(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  const { uid, gid } = statSync(owned);
  chownSync(disk, uid, gid);
  return disk;
}
