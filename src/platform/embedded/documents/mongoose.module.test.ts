// Through mongoose 9, as the modules use it, and over a restart of the process.
import mongoose from "mongoose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestStore, type TestStore } from "./testing.js";

const schema = new mongoose.Schema(
  {
    sku: { type: String, required: true, unique: true },
    available: { type: Number, default: 0 },
    reserved: { type: Number, default: 0 },
    reservations: [{ _id: false, orderId: String, quantity: Number }],
    tags: [String],
  },
  { timestamps: true, optimisticConcurrency: true },
);

let store: TestStore;
let connection: mongoose.Connection;
beforeAll(async () => {
  store = await createTestStore();
  connection = await mongoose.createConnection(store.store.url, { dbName: "shop" }).asPromise();
});
afterAll(async () => {
  await connection.close();
  await store.close();
});

const products = () => connection.model("Product", schema);

test("of many buyers of the last piece exactly one gets it", async () => {
  const Product = products();
  await Product.init();
  const { _id } = await Product.create({ sku: "last", available: 1 });
  const attempts = Array.from({ length: 20 }, (_, at) =>
    Product.findOneAndUpdate(
      { _id, available: { $gte: 1 }, "reservations.orderId": { $ne: `o${at}` } },
      {
        $inc: { available: -1, reserved: 1 },
        $push: { reservations: { orderId: `o${at}`, quantity: 1 } },
      },
      { returnDocument: "after", lean: true },
    ),
  );
  const winners = (await Promise.all(attempts)).filter((one) => one !== null);
  expect(winners).toHaveLength(1);
  expect(winners[0]).toMatchObject({ available: 0, reserved: 1, reservations: [{ quantity: 1 }] });
});

test("a document saved by two is kept by the first", async () => {
  const Product = products();
  await Product.create({ sku: "versioned", available: 1 });
  const [mine, theirs] = [
    await Product.findOne({ sku: "versioned" }),
    await Product.findOne({ sku: "versioned" }),
  ];
  mine?.set("available", 2);
  theirs?.set("available", 3);
  await mine?.save();
  await expect(theirs?.save()).rejects.toThrow(mongoose.Error.VersionError);
});

test("bulk writes, cursors, counts, distinct and aggregation answer as MongoDB does", async () => {
  const Product = products();
  const many = Array.from({ length: 300 }, (_, at) => ({
    sku: `s${at}`,
    available: at,
    tags: ["all", `t${at % 3}`],
  }));
  await Product.insertMany(many);
  const result = await Product.bulkWrite([
    { updateMany: { filter: { tags: "t0" }, update: { $set: { reserved: 5 } } } },
    { deleteOne: { filter: { sku: "s1" } } },
    { updateOne: { filter: { sku: "new" }, update: { $set: { available: 1 } }, upsert: true } },
  ]);
  expect(result).toMatchObject({ modifiedCount: 100, deletedCount: 1, upsertedCount: 1 });
  let seen = 0;
  for await (const _ of Product.find({ tags: "all" }).cursor({ batchSize: 50 })) seen++;
  expect(seen).toBe(299);
  expect(await Product.countDocuments({ tags: "t0" })).toBe(100);
  expect((await Product.distinct("tags")).toSorted()).toEqual(["all", "t0", "t1", "t2"]);
  const groups = await Product.aggregate([
    { $match: { tags: "all" } },
    { $unwind: "$tags" },
    { $group: { _id: "$tags", n: { $sum: 1 } } },
    { $sort: { _id: 1 } },
  ]);
  expect(groups.at(-1)).toEqual({ _id: "t2", n: 100 });
  expect(
    await Product.find({ sku: /^s29\d$/ })
      .sort("-available")
      .limit(2)
      .distinct("sku"),
  ).toHaveLength(10);
});

test("a process that is killed comes back on the same address with all it had acknowledged", async () => {
  const Product = products();
  await Product.create({ sku: "kept" });
  process.kill(store.store.pid, "SIGKILL");
  await expect
    .poll(() => Product.exists({ sku: "kept" }).catch(() => null), {
      timeout: 20_000,
      interval: 200,
    })
    .not.toBeNull();
});
