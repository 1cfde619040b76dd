import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineActionTaken, defineEvent } from "#platform/kernel";
import {
  describeEvents,
  describeKey,
  findChanges,
  findSilent,
  renderCatalogue,
} from "./event-catalogue.js";

const Placed = defineEvent("shop.order-placed.v1", {
  key: (event) => event.orderId,
  schema: z.object({
    orderId: z.uuid(),
    lines: z.array(z.object({ sku: z.string(), note: z.string().optional() })),
    table: z.string().nullable(),
    paid: z.discriminatedUnion("by", [
      z.object({ by: z.literal("cash"), given: z.int() }),
      z.object({ by: z.literal("card") }),
    ]),
  }),
});
const source = `
/** Paid, and the kitchen may start.
 *  One per order. */
export const Placed = defineEvent("shop.order-placed.v1", {});
/** What people did. */
export const ActionTaken = defineActionTaken("shop");
`;
const subscriptions = [
  { name: "kitchen.cook", patterns: ["shop.order-placed.v1"] },
  { name: "audit.record", patterns: ["*.action-taken.v1"] },
  { name: "reporting.count", patterns: ["shop.**"] },
];
const entries = describeEvents({
  definitions: [Placed, defineActionTaken("shop")],
  subscriptions,
  sources: { shop: source },
});

describe("the catalogue of events", () => {
  it("tells of each its version, key, publisher, subscribers and purpose", () => {
    expect(entries).toMatchObject([
      {
        name: "shop.action-taken.v1",
        key: "subject.id",
        purpose: "What people did.",
        subscribers: ["audit.record", "reporting.count"],
      },
      {
        name: "shop.order-placed.v1",
        version: 1,
        key: "orderId",
        publisher: "shop",
        purpose: "Paid, and the kitchen may start. One per order.",
        subscribers: ["kitchen.cook", "reporting.count"],
      },
    ]);
  });

  it("shows each field with its type, what may be missing, and every form", () => {
    const text = renderCatalogue(entries).replaceAll(/ +/g, " ");
    for (const row of [
      "| `orderId` | string (uuid) |",
      "| `lines` | list of object |",
      "| `lines[].sku` | string |",
      "| `lines[].note?` | string |",
      "| `table` | string or null |",
      '| `paid(1).by` | "cash" |',
      "| `paid(1).given` | integer |",
      '| `paid(2).by` | "card" |',
    ]) {
      expect(text).toContain(row);
    }
  });

  it("reads what a key is made of", () => {
    const schema = z.object({ a: z.string(), b: z.object({ c: z.string() }) });
    const keyOf = (key: (data: z.infer<typeof schema>) => string) =>
      describeKey(defineEvent("shop.thing-done.v1", { schema, key }));
    expect(keyOf(({ b }) => b.c)).toBe("b.c");
    expect(keyOf(({ a, b }) => `${a}/${b.c}`)).toBe("{a}/{b.c}");
    expect(keyOf(() => "all")).toBe('"all"');
  });
});

describe("a module that hears events", () => {
  it("must define what it tells when people replay or discard one", () => {
    expect(findSilent(entries, [{ name: "shop.copy", patterns: [] }])).toEqual([]);
    expect(findSilent(entries, subscriptions)).toEqual([
      expect.stringContaining('defineActionTaken("kitchen")'),
      expect.stringContaining('defineActionTaken("audit")'),
      expect.stringContaining('defineActionTaken("reporting")'),
    ]);
  });
});

describe("a catalogue beside its snapshots", () => {
  const changed = (over: object) =>
    findChanges(
      describeEvents({
        definitions: [{ ...Placed, ...over }],
        subscriptions,
        sources: {},
      }),
      entries.filter(({ name }) => name === Placed.name),
    );

  it("finds nothing where nothing changed, and nothing in what is new", () => {
    expect(findChanges(entries, entries)).toEqual([]);
    expect(findChanges(entries, [])).toEqual([]);
  });

  it("finds a change that needs a new version, with cause and remedy", () => {
    const schema = z.object({ orderId: z.uuid() });
    expect(changed({ schema })).toEqual([
      expect.stringMatching(
        /^shop\.order-placed\.v1 changed: lines is gone .*; table is gone .*Give it a new version/,
      ),
    ]);
  });

  it("finds another key: what was in order would no longer be", () => {
    const key = () => "all";
    expect(changed({ key })).toEqual([
      expect.stringContaining('its key was orderId and is now "all"'),
    ]);
  });

  it("finds an event that is gone, though archives hold it", () => {
    expect(findChanges([], entries)).toHaveLength(2);
    expect(findChanges([], entries)[0]).toContain("shop.action-taken.v1 is gone");
  });
});
