// Opening the document store: what is wrong with MONGODB_URL is said in one sentence, and never with its password.
import { createServer, type Server } from "node:net";
import { mongo } from "mongoose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StartError } from "#platform/kernel";
import { redact } from "../observability/redact.js";
import { createListener } from "../embedded/documents/server.js";
import { findHoles } from "./holes.js";
import { isDuplicateKey, openDocuments, updateEach } from "./index.js";
import { createTestDocuments, type TestDocuments } from "./testing.js";

const logger = { info: () => undefined, warn: () => undefined };
let documents: TestDocuments;
let deaf: Server;
let deafPort: number;

beforeAll(async () => {
  documents = await createTestDocuments();
  deaf = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
  deafPort = (deaf.address() as { port: number }).port;
});
afterAll(async () => {
  deaf?.close();
  await documents?.close();
});

describe("openDocuments", () => {
  it("gives each module its own database and its own pool", async () => {
    const [one, two] = [await documents.connect("inventory"), await documents.connect("kitchen")];
    expect(one.name).toMatch(/inventory$/);
    expect(two.name).toMatch(/kitchen$/);
    expect(one.getClient()).not.toBe(two.getClient());
    await one.collection("things").insertOne({ n: 1 });
    expect(await two.collection("things").countDocuments()).toBe(0);
  });

  it("finds no way out of a module's database, and one where the guard is missing", async () => {
    const opened = await openDocuments({ url: documents.url, logger, manifest: {}, prefix: "x_" });
    const guarded = await opened.connect("inventory");
    expect(await opened.findHoles()).toEqual({
      holes: [],
      notes: [expect.stringContaining("asks nobody for a password")],
    });
    expect(await findHoles(guarded, "x_inventory", false)).toEqual([]);
    guarded.getClient().removeAllListeners("commandStarted");
    expect((await opened.findHoles()).holes).toEqual([
      "The connection of x_inventory may use other databases",
    ]);
    // Nobody signs in here, so nobody is the module's own user.
    expect(await findHoles(guarded, "x_inventory", true)).toHaveLength(2);
    await opened.close();
  });

  it("warns of a server that asks for no password, in words of which the log blackens none", async () => {
    const said: string[] = [];
    const telling = { ...logger, warn: (_: object, message: string) => said.push(message) };
    const parts = { url: documents.url, manifest: {}, secret: "s" };
    await (await openDocuments({ ...parts, logger: telling })).close();
    expect(said).toEqual([expect.stringContaining("asks nobody for a password")]);
    expect(said.map((message) => redact(message))).toEqual(said);
  });

  it("acknowledges what is on disk", async () => {
    const connection = await documents.connect("inventory");
    const sent: unknown[] = [];
    connection.getClient().on("commandStarted", ({ command }) => {
      sent.push((command as { writeConcern?: unknown }).writeConcern);
    });
    await connection.collection("things").insertOne({ n: 2 });
    if (connection.db) await updateEach(connection.db, "things", [{ filter: {}, update: {} }]);
    expect(sent).toEqual([1, 2].map(() => ({ w: "majority", j: true })));
  });

  it.each(["journal=false", "j=false&w=0", "readPreference=secondaryPreferred"])(
    "acknowledges what is on disk and reads what stands, also where the address says %s",
    async (asked) => {
      const url = `${documents.url}${documents.url.includes("?") ? "&" : "?"}${asked}`;
      const opened = await openDocuments({ url, logger, manifest: {}, prefix: "x_" });
      const client = (await opened.connect("inventory")).getClient();
      expect(client.options.writeConcern).toMatchObject({ w: "majority", j: true });
      expect(client.options.readPreference.mode).toBe("primary");
      await opened.close();
    },
  );

  it("does many updates in one command, each whole or not at all, and says which could not be", async () => {
    const { db } = await documents.connect("stock");
    if (!db) throw new Error("it is open");
    const things = db.collection<{ _id: string; n: number }>("things");
    await things.createIndex({ n: 1 }, { unique: true });
    await things.insertMany([
      { _id: "a", n: 1 },
      { _id: "b", n: 2 },
      { _id: "c", n: 3 },
    ]);
    const set = (id: string, from: number, n: number) => ({
      filter: { _id: id, n: from },
      update: { $set: { n } },
    });
    expect(await updateEach(db, "things", [set("a", 1, 10), set("b", 1, 20)])).toBe(1);
    const failure = updateEach(db, "things", [set("a", 10, 3), set("b", 2, 20)]);
    expect(isDuplicateKey(await failure.catch((error: unknown) => error))).toBe(true);
    const now = await things.find().sort({ _id: 1 }).toArray();
    expect(now.map(({ n }) => n)).toEqual([10, 20, 3]);
    expect(await updateEach(db, "things", [])).toBe(0);
  });

  it("tells a duplicate from other faults", async () => {
    const things = (await documents.connect("inventory")).collection<{ _id: string }>("unique");
    await things.insertOne({ _id: "a" });
    const duplicate = await things.insertOne({ _id: "a" }).catch((error: unknown) => error);
    const other = await things.updateOne({}, { $no: 1 }).catch((error: unknown) => error);
    expect([duplicate, other].map(isDuplicateKey)).toEqual([true, false]);
  });

  it("reports the version and answers a ping", async () => {
    const opened = await openDocuments({ url: documents.url, logger, manifest: {} });
    expect(opened.version).toMatch(/^\d+\.\d+/);
    await opened.ping();
    await opened.close();
    await expect(opened.ping()).rejects.toThrow();
  });

  it.each([
    ["nonsense", /MONGODB_URL is not a MongoDB URL/],
    ["postgres://user:hunter2@127.0.0.1/x", /MONGODB_URL is not a MongoDB URL/],
    ["mongodb://user:hunter2@127.0.0.1:0/", /MONGODB_URL/],
  ])("refuses %s in one sentence", async (url, message) => {
    const error = await openDocuments({ url, logger, manifest: {} }).catch(
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(StartError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("hunter2");
  });

  // A MongoDB knows fail points only when it was started for tests.
  it.skipIf(process.env["MONGODB_URL"])(
    "says so too when the server goes away while it is asked for its version",
    async () => {
      const client = await new mongo.MongoClient(documents.url).connect();
      await client.db("admin").command({
        configureFailPoint: "failCommand",
        mode: { times: 1 },
        data: { failCommands: ["buildInfo"], closeConnection: true },
      });
      await client.close();
      const opening = openDocuments({ url: documents.url, logger, manifest: {} });
      const error = await opening.catch((failed: unknown) => failed);
      expect(error).toBeInstanceOf(StartError);
      expect((error as Error).message).toMatch(/^MongoDB cannot be reached .*check MONGODB_URL/);
    },
  );

  it("tells a refused sign-in from a server that does not answer, also where Atlas words it", async () => {
    const refuse = (errmsg: string) => ({ ok: 0, code: 8000, codeName: "AtlasError", errmsg });
    const answers: Readonly<Record<string, object>> = {
      buildInfo: { version: "8.0.0" },
      connectionStatus: {
        authInfo: { authenticatedUsers: [{ user: "u", db: "admin" }], authenticatedUserRoles: [] },
      },
      saslStart: refuse("bad auth : Authentication failed."),
      updateUser: refuse("CMD_NOT_ALLOWED: updateUser"),
    };
    const hello = { isWritablePrimary: true, minWireVersion: 0, maxWireVersion: 25 };
    const atlas = createListener((command) =>
      Promise.resolve({ ok: 1, ...(answers[Object.keys(command)[0] ?? ""] ?? hello) }),
    );
    await new Promise<void>((resolve) => atlas.server.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(atlas.server.address() as { port: number }).port}`;
    const saidOf = (work: Promise<unknown>) =>
      work.then(
        () => "nothing",
        (error: unknown) => (error instanceof StartError ? error.message : String(error)),
      );
    const parts = { logger, manifest: {}, secret: "s" };
    expect(await saidOf(openDocuments({ ...parts, url: `mongodb://u:wrong@${host}` }))).toMatch(
      /^MongoDB refuses the user or the password in MONGODB_URL/,
    );
    // Atlas makes its users elsewhere: none for a module, and nobody may make one here.
    const opened = await openDocuments({ ...parts, url: `mongodb://${host}` });
    expect(await saidOf(opened.connect("inventory"))).toMatch(
      /^The user of MONGODB_URL may not set up the user .* or set DATABASE_ROLES=shared/,
    );
    await opened.close();
    atlas.close();
  });

  it("says within seconds that nothing answers", async () => {
    const url = `mongodb://127.0.0.1:${deafPort}`;
    const started = performance.now();
    await expect(openDocuments({ url, logger, manifest: {} })).rejects.toThrow(
      /MongoDB cannot be reached .*check MONGODB_URL/,
    );
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
