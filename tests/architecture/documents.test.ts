// A module's connection to the document store stays in its own database: each planted command must be refused before it
// leaves the process, and change nothing. On a MongoDB with passwords the server refuses too (src/platform/documents/users.ts).
import type { Connection } from "mongoose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { manifest } from "#modules/manifest";
import { BoundaryError, type Manifest } from "#platform/kernel";
import { createTestDocuments, type TestDocuments } from "../../src/platform/documents/testing.js";

const UNAUTHORIZED = 13;
// So that there are two, however many the restaurant has.
const planted: Manifest = {
  ...manifest,
  vouchers: { store: "mongodb", calls: ["inventory"], hears: [] },
};
const owners = Object.keys(planted).filter((name) => planted[name]?.store === "mongodb");
const pairs = owners.flatMap((owner) =>
  Object.keys(planted).flatMap((module) => (module === owner ? [] : [[module, owner] as const])),
);

let documents: TestDocuments;
const connections = new Map<string, Connection>();
beforeAll(async () => {
  documents = await createTestDocuments(planted);
  for (const module of Object.keys(planted)) {
    const connection = await documents.connect(module);
    connections.set(module, connection);
    await connection.collection<{ _id: string }>("things").insertOne({ _id: module });
  }
});
afterAll(() => documents?.close());

const connectionOf = (module: string): Connection =>
  connections.get(module) ?? expect.unreachable(`${module} has a connection`);

type Plant = (own: Connection, theirs: string) => Promise<unknown>;

const things = (own: Connection) => own.collection("things");
const PLANTS: Readonly<Record<string, Plant>> = {
  "useDb, read": (own, theirs) => own.useDb(theirs).collection("things").findOne({}),
  "useDb, write": (own, theirs) => own.useDb(theirs).collection("things").insertOne({ n: 1 }),
  "useDb, a model": (own, theirs) =>
    own
      .useDb(theirs)
      .model("Thing", new own.base.Schema({ n: Number }), "things")
      .countDocuments(),
  "the client's other database": (own, theirs) =>
    own.getClient().db(theirs).collection("things").deleteMany({}),
  "a written and forgotten document": (own, theirs) =>
    own
      .getClient()
      .db(theirs)
      .collection("things")
      .insertOne({ n: 1 }, { writeConcern: { w: 0 } }),
  "a bulk of writes": (own, theirs) =>
    own
      .getClient()
      .db(theirs)
      .collection("things")
      .bulkWrite([{ deleteMany: { filter: {} } }]),
  "a dropped database": (own, theirs) => own.getClient().db(theirs).dropDatabase(),
  "a dropped collection": (own, theirs) => own.getClient().db(theirs).dropCollection("things"),
  "an index": (own, theirs) =>
    own.getClient().db(theirs).collection("things").createIndex({ n: 1 }),
  "a raw command": (own, theirs) => own.useDb(theirs).db?.command({ find: "things" }) ?? nothing(),
  $out: (own, theirs) =>
    things(own)
      .aggregate([{ $out: { db: theirs, coll: "things" } }])
      .toArray(),
  $merge: (own, theirs) =>
    things(own)
      .aggregate([{ $merge: { into: { db: theirs, coll: "things" } } }])
      .toArray(),
  $lookup: (own, theirs) =>
    things(own)
      .aggregate([
        { $lookup: { from: { db: theirs, coll: "things" }, pipeline: [], as: "theirs" } },
      ])
      .toArray(),
  $unionWith: (own, theirs) =>
    things(own)
      .aggregate([{ $unionWith: { db: theirs, coll: "things" } }])
      .toArray(),
  "a stage inside another": (own, theirs) =>
    things(own)
      .aggregate([
        {
          $facet: {
            all: [{ $graphLookup: { from: { db: theirs, coll: "things" }, as: "theirs" } }],
          },
        },
      ])
      .toArray(),
  "an explained aggregation": (own, theirs) =>
    things(own)
      .aggregate([{ $merge: { into: { db: theirs, coll: "things" } } }])
      .explain(),
  "a view": (own, theirs) =>
    own.createCollection("spy", {
      viewOn: "things",
      pipeline: [{ $unionWith: { db: theirs, coll: "things" } }],
    }),
};
const nothing = () => Promise.reject(new Error("the connection is not open"));

describe("The document store", () => {
  it.each(pairs)("refuses %s the documents of %s, by whatever way", async (module, owner) => {
    const own = connectionOf(module);
    const theirs = connectionOf(owner).name;
    for (const [what, plant] of Object.entries(PLANTS)) {
      const error = await plant(own, theirs).then(
        () => "was not refused",
        (reason: unknown) => reason,
      );
      // The driver wraps what happens in a bulk, and keeps the code and the words.
      if (what !== "a bulk of writes") expect(error, what).toBeInstanceOf(BoundaryError);
      expect(error, what).toMatchObject({ code: UNAUTHORIZED });
      const { message } = error as Error;
      expect(message, what).toContain(`\`${module}\` may not use \`${owner}`);
      expect(message, what).toMatch(/contract|events|hears/);
    }
    expect(await things(connectionOf(owner)).find({}).toArray()).toEqual([{ _id: owner }]);
  });

  it.each<[string, Plant]>([
    ["the server's own database", (own) => own.useDb("admin").listCollections()],
    ["the list of databases", (own) => own.listDatabases()],
    ["administration", (own) => own.db?.admin().serverStatus() ?? nothing()],
    [
      "a collection renamed into another database",
      (own) =>
        own.db?.admin().command({ renameCollection: `${own.name}.things`, to: "x.things" }) ??
        nothing(),
    ],
    [
      "one bulk for many databases",
      (own) =>
        own
          .getClient()
          .bulkWrite([{ name: "insertOne", namespace: "x.things", document: { n: 1 } }]),
    ],
  ])("refuses a module %s", async (_what, plant) => {
    const own = connectionOf("inventory");
    await expect(plant(own, "")).rejects.toThrow(
      `\`inventory\` may not use \`admin\`. Its connection is for its own database, \`${own.name}\`.`,
    );
  });

  it("lets a module do with its own database what it likes", async () => {
    const own = connectionOf("vouchers");
    const out = things(own).aggregate([
      { $unionWith: { coll: "things", pipeline: [{ $match: { $expr: false } }] } },
      { $out: { db: own.name, coll: "copies" } },
    ]);
    await out.toArray();
    expect(await own.useDb(own.name).collection("copies").countDocuments()).toBe(1);
    await own.startSession().then((session) => session.endSession());
  });

  it("says what is granted already: a call, an event, or what to add", async () => {
    const say = (module: string) =>
      connectionOf(module)
        .useDb(connectionOf("inventory").name)
        .collection("products")
        .findOne({})
        .catch((error: Error) => error.message);
    expect(await say("vouchers")).toBe(
      "`vouchers` may not use `inventory.products`. It may call `inventory` through its contract, #modules/inventory.",
    );
    expect(await say("payments")).toMatch(
      /^`payments` may not use `inventory\.products`\. .*add it to `hears` in manifest\.ts/,
    );
  });
});
