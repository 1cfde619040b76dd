// Given a chain and what somebody did to it, what does the proof say?
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Anchor,
  canonicalJson,
  chain,
  type ChainedRow,
  createVerification,
  type Fact,
  GENESIS,
  hashOf,
} from "./chain.js";

const fact = (number: number): Fact => ({
  eventId: `0191d7a0-0000-7000-8000-${String(number).padStart(12, "0")}`,
  module: "orders",
  action: "orders.cancel",
  at: "2026-11-25T09:00:00Z",
  actor: { id: "1", name: "Daw Hla", role: "cashier" },
  subject: { type: "order", id: String(number) },
  reason: "cold",
});
const facts = (count: number) => Array.from({ length: count }, (_, index) => fact(index + 1));

const verify = (rows: readonly ChainedRow[], head = endOf(rows), anchors: Anchor[] = []) => {
  const verification = createVerification(anchors);
  verification.add(rows);
  return verification.end(head);
};
const endOf = (rows: readonly ChainedRow[]) => rows.at(-1) ?? GENESIS;
const anchorOf = ({ position, hash }: ChainedRow): Anchor => ({
  position,
  hash: hash.toString("hex"),
});
const rewrite = (row: ChainedRow, entry: string): ChainedRow => ({
  ...row,
  entry,
  hash: hashOf(row.previousHash, entry),
});
const whole = chain(GENESIS, facts(6));

describe("canonicalJson", () => {
  it("is one text for one value, whatever the order of its keys", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "ü" }], a: undefined, "": true })).toBe(
      '{"":true,"b":[1,{"c":"ü","d":null}]}',
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe("a chain", () => {
  it("is sound as it was written, also in several batches", () => {
    expect(verify(whole)).toMatchObject({ entries: 6, faults: [] });
    const first = chain(GENESIS, facts(2));
    const second = chain(endOf(first), facts(6).slice(2));
    expect([...first, ...second]).toEqual(whole);
    expect(verify([])).toMatchObject({ entries: 0, faults: [] });
  });

  it("shows which entry was altered, with its hash left or made anew", () => {
    const [one, two, three, ...others] = whole as [ChainedRow, ChainedRow, ChainedRow];
    const entry = two.entry.replace("cold", "warm");
    expect(verify([one, { ...two, entry }, three, ...others]).faults).toEqual([
      { position: 2, what: expect.stringMatching(/^altered/) },
    ]);
    expect(verify([one, rewrite(two, entry), three, ...others]).faults).toEqual([
      { position: 3, what: expect.stringMatching(/^does not follow entry 2/) },
    ]);
  });

  it("shows which entries were removed, in the middle, at the beginning and at the end", () => {
    const without = (...gone: number[]) => whole.filter(({ position }) => !gone.includes(position));
    expect(verify(without(3, 4)).faults).toEqual([
      { position: 3, what: "missing: entries 3 to 4 were removed" },
    ]);
    expect(verify(without(1)).faults).toEqual([
      { position: 1, what: "missing: entry 1 was removed" },
    ]);
    expect(verify(without(6), endOf(whole)).faults).toEqual([
      { position: 6, what: "missing: entry 6 was cut off at the end" },
    ]);
  });

  it("shows where an entry was put in, whether the others were moved or it was added behind the end", () => {
    const [one, two, ...others] = whole as [ChainedRow, ChainedRow];
    const [forged] = chain(one, [fact(99)]) as [ChainedRow];
    const moved = [two, ...others].map((row) => ({ ...row, position: row.position + 1 }));
    const { faults } = verify([one, forged, ...moved]);
    expect(faults[0]).toEqual({
      position: 3,
      what: expect.stringMatching(/^does not follow entry 2/),
    });
    expect(faults).toContainEqual({ position: 3, what: expect.stringMatching(/^moved/) });
    const added = [...whole, ...chain(endOf(whole), [fact(99)])];
    expect(verify(added, endOf(whole)).faults).toEqual([
      { position: 7, what: "put in: entry 7 was added behind the log's end" },
    ]);
  });

  it("that was cut or rewritten together with its head is shown by a head of earlier", () => {
    const cut = whole.slice(0, 4);
    expect(verify(cut).faults).toEqual([]);
    expect(verify(cut, endOf(cut), [anchorOf(endOf(whole) as ChainedRow)]).faults).toEqual([
      { position: 5, what: "missing: entries 5 to 6 were cut off at the end" },
    ]);
    const forged = chain(GENESIS, [fact(1), fact(99), ...facts(6).slice(2)]);
    expect(verify(forged).faults).toEqual([]);
    expect(verify(forged, endOf(forged), [anchorOf(whole[3] as ChainedRow)]).faults).toEqual([
      { position: 4, what: expect.stringMatching(/^replaced/) },
    ]);
    expect(verify(whole, endOf(whole), [anchorOf(whole[3] as ChainedRow)]).faults).toEqual([]);
  });

  it("never passes after one change of one thing", () => {
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.constantFrom("entry", "hash", "previousHash", "eventId"),
        (at, what) => {
          const rows = whole.map((row, index) => {
            if (index !== at) return row;
            const changed = Buffer.from(row.hash).fill(7, 0, 1);
            const other = {
              entry: `${row.entry} `,
              hash: changed,
              previousHash: changed,
              eventId: "x",
            };
            return { ...row, [what]: other[what] };
          });
          expect(verify(rows, endOf(whole)).faults).not.toEqual([]);
        },
      ),
    );
  });
});
