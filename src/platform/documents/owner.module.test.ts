// Whose a database is: the first restaurant that starts on it keeps it, and another one is refused.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { mongo } from "mongoose";
import { StartError } from "#platform/kernel";
import { claim, refuseOtherOwner } from "./owner.js";
import { createTestDocuments, type TestDocuments } from "./testing.js";

let documents: TestDocuments;
let db: mongo.Db;
let other: mongo.Db;
beforeAll(async () => {
  documents = await createTestDocuments();
  [db, other] = (
    await Promise.all([documents.connect("inventory"), documents.connect("kitchen")])
  ).map((connection) => connection.db) as [mongo.Db, mongo.Db];
});
afterAll(() => documents?.close());
beforeEach(() => Promise.all([db.dropDatabase(), other.dropDatabase()]));

const [mine, theirs] = [randomUUID(), randomUUID()];
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => "nothing",
    (error: unknown) => (error instanceof StartError ? error.message : String(error)),
  );

describe("A database of documents", () => {
  it("becomes the first restaurant's, also where there is old data, and stays it", async () => {
    await db.collection("products").insertOne({ sku: "MOH-01" });
    expect(await claim(db, mine)).toBe(false);
    expect(await claim(db, mine)).toBe(false);
    const said = await refusal(claim(db, theirs));
    expect(said).toMatch(/inventory of the document store belongs to another restaurant/);
    expect(said).toContain(`ADOPT_DOCUMENTS_OF=${mine}`);
    expect(said.trim().split("\n")).toHaveLength(1);
    expect(await claim(db, mine)).toBe(false);
  });

  it("lets all processes in that start on the same two databases at once", async () => {
    const many = Array.from({ length: 20 }, () => claim(db, mine));
    expect(await Promise.all(many)).toEqual(many.map(() => false));
  });

  it("gives itself to one of two restaurants that start on it at once", async () => {
    const said = await Promise.all([mine, theirs].map((one) => refusal(claim(db, one))));
    expect(said.filter((one) => one === "nothing")).toHaveLength(1);
  });

  it("is taken over from the restaurant that was named, and from no other", async () => {
    await claim(db, theirs);
    expect(await refusal(claim(db, mine, randomUUID()))).toContain(theirs);
    expect(await claim(db, mine, theirs)).toBe(true);
    expect(await claim(db, mine, theirs)).toBe(false);
    expect(await refusal(claim(db, theirs))).toContain(mine);
  });

  it("is not written over with another restaurant's, but with its own as often as one likes", async () => {
    await claim(db, mine);
    expect(await refusal(refuseOtherOwner(db, other))).toBe("nothing");
    await claim(other, mine);
    expect(await refusal(refuseOtherOwner(db, other))).toBe("nothing");
    await claim(other, theirs, mine);
    expect(await refusal(refuseOtherOwner(db, other))).toMatch(
      /belongs to another restaurant: export to/,
    );
  });
});
