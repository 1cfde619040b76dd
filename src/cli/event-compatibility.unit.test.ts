import { describe, expect, it } from "vitest";
import { z } from "zod";
import { findBreaks, type JsonSchema } from "./event-compatibility.js";

const json = (schema: z.ZodType) => z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
const breaks = (before: z.ZodType, after: z.ZodType) => findBreaks(json(before), json(after));

const order = z.object({
  id: z.uuid(),
  total: z.int().min(0),
  method: z.enum(["cash", "card"]),
  note: z.string().optional(),
  table: z.string().nullable(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
  extra: z.record(z.string(), z.number()),
});

describe("an event keeps its version", () => {
  it.each<[string, z.ZodType]>([
    ["when nothing changed", order],
    ["when a field that may be missing is new", order.extend({ channel: z.string().optional() })],
    [
      "when one is new within its lines",
      order.extend({
        lines: z.array(
          z.object({ sku: z.string(), quantity: z.int(), note: z.string().optional() }),
        ),
      }),
    ],
    ["when a value is new", order.extend({ method: z.enum(["cash", "card", "qr"]) })],
    ["when a limit is wider", order.extend({ total: z.int().min(-10) })],
    ["when only words changed", order.describe("An order")],
  ])("%s", (_when, after) => {
    expect(breaks(order, after)).toEqual([]);
  });

  it("when a form is new beside those there were", () => {
    const cash = z.object({ kind: z.literal("cash"), given: z.int() });
    const card = z.object({ kind: z.literal("card"), ending: z.string() });
    const qr = z.object({ kind: z.literal("qr") });
    const of = (...forms: [typeof cash, ...z.ZodObject[]]) =>
      z.object({ payment: z.discriminatedUnion("kind", forms as never) });
    expect(breaks(of(cash, card), of(cash, card, qr))).toEqual([]);
    expect(breaks(of(cash, card, qr), of(cash, card))).toContainEqual(
      "payment.kind may no longer be qr",
    );
  });
});

describe("an event needs a new version", () => {
  const lines = (line: z.ZodType) => order.extend({ lines: z.array(line) });
  it.each<[string, z.ZodType, string]>([
    ["a field is gone", order.omit({ total: true }), "total is gone (or has another name)"],
    [
      "a field that may be missing is gone",
      order.omit({ note: true }),
      "note is gone (or has another name)",
    ],
    [
      "a new field is required",
      order.extend({ channel: z.string() }),
      "channel is new and required",
    ],
    ["a field becomes required", order.extend({ note: z.string() }), "note is now required"],
    ["a field may be missing", order.partial({ total: true }), "total may now be missing"],
    [
      "a field may be null",
      order.extend({ total: z.int().min(0).nullable() }),
      "total may now be null",
    ],
    ["a type changed", order.extend({ total: z.string() }), "total was integer and is now string"],
    [
      "a whole number need not be whole",
      order.extend({ total: z.number().min(0) }),
      "total was integer and is now number",
    ],
    [
      "a field may be of two types",
      order.extend({ note: z.union([z.number(), z.boolean()]).optional() }),
      "note may now be number or boolean",
    ],
    [
      "a field may also be of another type",
      order.extend({ note: z.union([z.string(), z.number()]).optional() }),
      "note may now be number",
    ],
    [
      "null is no longer a value",
      order.extend({ table: z.string() }),
      "table was null and is now string",
    ],
    ["a value is gone", order.extend({ method: z.enum(["cash"]) }), "method may no longer be card"],
    [
      "free text is limited to values",
      order.extend({ note: z.enum(["hot"]).optional() }),
      "note is now limited to hot",
    ],
    [
      "a limit is narrower",
      order.extend({ total: z.int().min(1) }),
      "total is now limited by minimum 1",
    ],
    [
      "text must have a form",
      order.extend({ note: z.iso.date().optional() }),
      "note is now limited by format date",
    ],
    [
      "a field within its lines is gone",
      lines(z.object({ sku: z.string() })),
      "lines[].quantity is gone (or has another name)",
    ],
    [
      "a list became an object",
      order.extend({ lines: z.object({}) }),
      "lines was array and is now object",
    ],
    [
      "what stands under free keys changed",
      order.extend({ extra: z.record(z.string(), z.string()) }),
      "extra[key] was number and is now string",
    ],
  ])("when %s", (_when, after, why) => {
    expect(breaks(order, after)).toContainEqual(expect.stringContaining(why));
  });

  it("when a field is renamed: one is gone, one is new", () => {
    const renamed = order.omit({ total: true }).extend({ sum: z.int().min(0) });
    expect(breaks(order, renamed)).toEqual([
      "total is gone (or has another name)",
      "sum is new and required",
    ]);
  });
});
