// Who shares a batch, who waits for whom, and that one bad item costs its neighbours nothing.
import { expect, it } from "vitest";
import { createBatcher } from "./batcher.js";

/** A flush that ends when the test says so; an item that is negative cannot be flushed. */
function create(options: { maxSize: number; concurrency?: number }) {
  const batches: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const batcher = createBatcher<number, string>(async (items) => {
    batches.push(items);
    await new Promise<void>((resolve) => ends.push(resolve));
    if (items.some((item) => item < 0)) throw new Error(`not ${items.join()}`);
    return items.map((item) => `done ${item}`);
  }, options);
  /** Lets what is under way end, until nothing is. */
  async function drain(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) {
      for (const end of ends.splice(0)) end();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { batches, batcher, ends, drain };
}

it("takes together what comes together, and what comes meanwhile as the next batch of at most its size", async () => {
  const { batches, batcher, drain } = create({ maxSize: 2 });
  const first = [1, 2].map((item) => batcher.run(item));
  await new Promise((resolve) => setImmediate(resolve));
  expect(batches).toEqual([[1, 2]]);
  const then = [3, 4, 5].map((item) => batcher.run(item));
  await drain();
  expect(batches).toEqual([[1, 2], [3, 4], [5]]);
  expect(await Promise.all([...first, ...then])).toEqual(
    [1, 2, 3, 4, 5].map((item) => `done ${item}`),
  );
});

it("keeps as many batches under way as it may", async () => {
  const { batches, batcher, drain } = create({ maxSize: 1, concurrency: 2 });
  const all = [1, 2, 3].map((item) => batcher.run(item));
  await new Promise((resolve) => setImmediate(resolve));
  expect(batches).toEqual([[1], [2]]);
  await drain();
  expect(await Promise.all(all)).toHaveLength(3);
});

it("tries each alone when a batch fails, all at once: one bad item is refused, and delays nobody", async () => {
  const { batches, batcher, ends, drain } = create({ maxSize: 10 });
  const all = Promise.allSettled([1, -2, 3].map((item) => batcher.run(item)));
  await new Promise((resolve) => setImmediate(resolve));
  ends.shift()?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect(batches).toEqual([[1, -2, 3], [1], [-2], [3]]);
  await drain();
  expect(await all).toMatchObject([
    { value: "done 1" },
    { reason: { message: "not -2" } },
    { value: "done 3" },
  ]);
  const next = batcher.run(4);
  await drain();
  expect(await next).toBe("done 4");
});

it("takes a flush that does not answer every item for one that failed", async () => {
  const batcher = createBatcher<number, string>(() => Promise.resolve(["only one"]), {
    maxSize: 10,
  });
  expect(await Promise.all([1, 2].map((item) => batcher.run(item)))).toEqual([
    "only one",
    "only one",
  ]);
  const silent = createBatcher<number, string>(() => Promise.resolve([]), { maxSize: 10 });
  await expect(silent.run(1)).rejects.toThrow("must answer every item");
});
