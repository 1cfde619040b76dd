// The form of free-form attributes: the control that fits, nothing lost on the way, nothing made up.
import { describe, expect, it } from "vitest";
import {
  type Attributes,
  controlOf,
  type Field,
  parseJson,
  parseNumber,
  strangeKeys,
  withValue,
} from "./attributes.js";

const field = (type: Field["type"], rest: Partial<Field> = {}): Field => ({
  key: "it",
  label: { en: "It" },
  type,
  ...rest,
});

describe("The control of a field", () => {
  it("is the one of its type, with or without a value", () => {
    const kinds = (["text", "number", "boolean", "date", "list"] as const).map(
      (type) => controlOf(field(type), undefined).kind,
    );
    expect(kinds).toEqual(["text", "number", "boolean", "date", "list"]);
    expect(controlOf(field("any"), undefined).kind).toBe("json");
    expect(controlOf(field("date"), "2027-01-31").kind).toBe("date");
  });

  it("is a choice where there are options, and keeps a value that is no longer one of them", () => {
    const options = ["mild", "hot"];
    expect(controlOf(field("text", { options }), "burning")).toEqual({
      kind: "choice",
      options: ["mild", "hot", "burning"],
    });
    expect(controlOf(field("list", { options }), ["hot", "odd"])).toEqual({
      kind: "choices",
      options: ["mild", "hot", "odd"],
    });
  });

  it("is JSON where a plain one could not show the value whole", () => {
    const values: readonly [Field["type"], unknown][] = [
      ["text", 5],
      ["number", "five"],
      ["boolean", "yes"],
      ["date", "soon"],
      ["list", [1, 2]],
      ["object", ["a"]],
    ];
    for (const [type, value] of values) expect(controlOf(field(type), value).kind).toBe("json");
  });

  it("is a group with its own fields for an object", () => {
    const inner = field("number", { key: "grams" });
    expect(controlOf(field("object", { fields: [inner] }), { grams: 5 })).toEqual({
      kind: "group",
      fields: [inner],
    });
  });
});

describe("Changing one value", () => {
  const before: Attributes = { diet: ["vegan"], halal: { certified: true }, spice: "hot" };

  it("keeps the others and their order, so that what is only shown is not sent", () => {
    const changed = withValue(before, "diet", ["vegan", "nut-free"]);
    expect(Object.keys(changed)).toEqual(["diet", "halal", "spice"]);
    expect(withValue(changed, "diet", ["vegan"])).toEqual(before);
  });

  it("takes out what is empty, and false and 0 are not empty", () => {
    for (const nothing of [undefined, "", [], {}]) {
      expect(withValue(before, "spice", nothing)).not.toHaveProperty("spice");
    }
    expect(withValue({}, "count", 0)).toEqual({ count: 0 });
    expect(withValue({}, "caffeine", false)).toEqual({ caffeine: false });
  });

  it("names what the schema does not have", () => {
    expect(strangeKeys(before, [{ ...field("list"), key: "diet" }])).toEqual(["halal", "spice"]);
  });
});

describe("Typed values", () => {
  it("are numbers, nothing, or refused", () => {
    expect(["12", " -0.5 ", "", "1e9", "12,5", "abc"].map(parseNumber)).toEqual([
      12,
      -0.5,
      undefined,
      null,
      null,
      null,
    ]);
  });

  it("are JSON, nothing, or refused", () => {
    expect(parseJson('{"a":[1]}')).toEqual({ value: { a: [1] } });
    expect(parseJson(" ")).toEqual({ value: undefined });
    expect(parseJson("{a}")).toBeNull();
  });
});
