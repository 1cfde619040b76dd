// The ordered index against a plain sorted list: same entries, same order, whatever was done to it.
import fc from "fast-check";
import { expect, test } from "vitest";
import { IndexTree, type Range, type Row } from "./index-tree.js";

const compare = (a: unknown, b: unknown) => Number(a) - Number(b);
const rowOf = (id: number): Row => ({ id, document: {}, size: 0, sum: 0 });

const key = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }));
const change = fc.record({ add: fc.boolean(), key, id: fc.integer({ min: 0, max: 40 }) });
const prefix = fc.integer({ min: 0, max: 9 }).map((value) => [value]);
const range = fc.record({
  lower: prefix,
  upper: prefix,
  afterLower: fc.boolean(),
  beforeUpper: fc.boolean(),
});

test("holds and returns what a sorted list would, forwards and backwards", () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 60 }),
      range,
      fc.constantFrom<number[]>([1, 1], [1, -1], [-1, 1]),
      (changes, within, directions) => {
        const tree = new IndexTree(compare, directions);
        const rows = new Map<number, Row>();
        let list: { key: readonly number[]; row: Row }[] = [];
        for (const { add, key, id } of changes) {
          const row = rows.get(id) ?? rowOf(id);
          rows.set(id, row);
          const have = list.find((entry) => entry.row === row && entry.key.join() === key.join());
          if (add && !have) {
            tree.insert(key, row);
            list.push({ key, row });
          } else if (!add && have) {
            tree.remove(have.key, row);
            list = list.filter((entry) => entry !== have);
          }
        }
        list.sort((a, b) => order(a.key, b.key, directions) || a.row.id - b.row.id);
        const expected = list.filter((entry) => isWithin(entry.key, within, directions));
        expect(tree.size).toBe(list.length);
        expect([...tree.scan({ lower: [], upper: [] })]).toEqual(list);
        expect([...tree.scan(within)]).toEqual(expected);
        expect([...tree.scan(within, true)]).toEqual(expected.toReversed());
        for (const { key } of list) expect(tree.first(key)).toBeDefined();
      },
    ),
  );
});

test("splits and joins its chunks without losing an entry", () => {
  const tree = new IndexTree(compare, [1]);
  const rows = Array.from({ length: 5000 }, (_, id) => rowOf(id));
  for (const row of rows) tree.insert([(row.id * 7919) % 5000], row);
  const keys = [...tree.scan({ lower: [], upper: [] })].map((entry) => entry.key[0]);
  expect(keys).toEqual(rows.map((row) => row.id));
  for (const row of rows) tree.remove([(row.id * 7919) % 5000], row);
  expect([...tree.scan({ lower: [], upper: [] })]).toEqual([]);
  expect(tree.size).toBe(0);
});

test("says so when asked to remove what it never had", () => {
  const tree = new IndexTree(compare, [1]);
  tree.insert([1], rowOf(1));
  expect(() => tree.remove([2], rowOf(1))).toThrow("lacks an entry");
});

function order(a: readonly number[], b: readonly number[], directions: number[]): number {
  for (const [at, value] of b.entries()) {
    const difference = compare(a[at], value) * (directions[at] ?? 1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function isWithin(key: readonly number[], within: Range, directions: number[]): boolean {
  const low = order(key, within.lower as number[], directions);
  const high = order(key, within.upper as number[], directions);
  return (within.afterLower ? low > 0 : low >= 0) && (within.beforeUpper ? high < 0 : high <= 0);
}
