// Attributes are free-form, but never dangerous, endless, or other than the restaurant wants them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AttributeField } from "../schema.js";
import { attributeFaults, schemaFaults, widenSchema } from "./attributes.js";

describe("attributes", () => {
  const text: AttributeField = { key: "region", label: { en: "Region" }, type: "text" };

  it.each([
    [{ "a.b": 1 }, /no dots/],
    [{ $gt: 1 }, /no \$/],
    [JSON.parse('{"__proto__":1}') as object, /cannot be a name/],
    [{ _bsontype: "Long" }, /cannot be a name/],
    [{ region: { ["x".repeat(61)]: 1 } }, /cannot be a name: 1 to 60 characters/],
    [{ region: { " ": 1 } }, /cannot be a name/],
    [{ region: { "a\u0007": 1 } }, /cannot be a name/],
    [{ region: "x".repeat(20_000) }, /at most/],
    [{ region: 5 }, /a text/],
    [{ colour: "red" }, /attribute schema/],
  ])("refuse %j", (attributes, message) => {
    const [fault] = attributeFaults(attributes as Record<string, unknown>, [text]);
    expect(fault?.message).toMatch(message);
  });

  it("refuse nesting without end", () => {
    let deep: object = {};
    for (let level = 0; level < 50; level++) deep = { deep };
    const anything: AttributeField = { key: "deep", label: { en: "Deep" }, type: "any" };
    expect(attributeFaults({ deep }, [anything])[0]?.message).toMatch(/nest/);
  });

  it("fit the schema that an import makes of them, whatever they are", () => {
    const key = fc.stringMatching(/^[a-z]{1,8}$/).filter((name) => name !== "constructor");
    const value = fc.letrec((tie) => ({
      leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant("2027-01-31")),
      value: fc.oneof(
        { depthSize: "small" },
        tie("leaf"),
        fc.array(tie("leaf"), { maxLength: 3 }),
        fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value;
    const attributes = fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(attributes, { maxLength: 5 }), (rows) => {
        const fields = rows.reduce<readonly AttributeField[]>(
          (schema, row) => widenSchema(schema, row),
          [],
        );
        expect(schemaFaults(fields)).toEqual([]);
        for (const row of rows) {
          const faults = attributeFaults(row, fields);
          expect(faults.filter(({ message }) => !message.includes("nest"))).toEqual([]);
          expect(widenSchema(fields, row)).toBe(fields);
        }
      }),
    );
  });

  it("become a group of anything where one has more names than a schema can hold", () => {
    const names = (prefix: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_none, at) => [`${prefix}${at}`, 1]));
    const group = [names("a", 60), names("b", 60)].reduce<readonly AttributeField[]>(
      (schema, ingredients) => widenSchema(schema, { ingredients }),
      [],
    );
    expect(group).toMatchObject([{ key: "ingredients", type: "any" }]);
    expect(widenSchema([], { ingredients: names("c", 101) })).toMatchObject([{ type: "any" }]);

    const [laidDown] = widenSchema([], { ingredients: names("a", 60) });
    const { inferred: _imported, ...decided } = laidDown as AttributeField;
    const more = { ingredients: names("b", 60) };
    expect(widenSchema([decided], more)).toEqual([decided]);
    expect(attributeFaults(more, [decided])).toHaveLength(60);
  });

  it("nest no deeper than a schema can hold, also below what a person laid down", () => {
    const group = (key: string, fields?: AttributeField[]): AttributeField => ({
      key,
      label: { en: key },
      type: "object",
      ...(fields && { fields }),
    });
    const schema = [group("a", [group("b", [group("c")])])];
    expect(widenSchema(schema, { a: { b: { c: { d: 1 } } } })).toEqual(schema);
  });

  it("do not widen what a person laid down", () => {
    expect(widenSchema([text], { region: 5 })).toEqual([text]);
  });
});

describe("schemaFaults", () => {
  it("names names that are there twice, or that do not fit their type", () => {
    const field = (over: Partial<AttributeField>): AttributeField => ({
      key: "a",
      label: { en: "A" },
      type: "text",
      ...over,
    });
    const faults = schemaFaults([
      field({}),
      field({}),
      field({ key: "b.c" }),
      field({ key: "d", fields: [] }),
      field({ key: "e", type: "number", options: ["1"] }),
    ]);
    expect(faults.map(({ path }) => path)).toEqual([
      "fields[1]",
      "fields[2]",
      "fields[3]",
      "fields[4]",
    ]);
  });
});
