// Text as it is kept: normalised, and never longer than its field allows.
import { describe, expect, it } from "vitest";
import { canBeSeen, text } from "./localized.js";

describe("text", () => {
  it("keeps one form of what can be written in two ways", () => {
    expect(text(10).parse("e\u0301")).toBe("\u00e9");
    // Burmese: keyboards write the killer before the dot below, the canonical order is the other one.
    expect(text(10).parse("ခန\u103a\u1037")).toBe("ခန\u1037\u103a");
  });

  it("measures what it keeps, so that it can be read again", () => {
    // U+0958 has no composed form in NFC: it becomes two characters.
    expect(text(4).parse("\u0958\u0958")).toHaveLength(4);
    expect(text(4).safeParse("\u0958\u0958\u0958").success).toBe(false);
    const kept = text(3).parse("\ufb2c");
    expect(text(3).parse(kept)).toBe(kept);
  });

  it("refuses what cannot be stored or misleads a reader", () => {
    for (const bad of ["a\0b", "a\u001bb", "\u202eabc", "\ud83c"])
      expect(text(10).safeParse(bad).success).toBe(false);
  });
});

it.each([
  "",
  " \n",
  "\u200b",
  "\u3164\u2800",
  "\ufeff\u00ad\u2060",
  "\u{e0020}\ufe0f",
  "\u180e \u00a0",
])("takes %j for nothing that can be seen", (blank) => {
  expect(canBeSeen(blank)).toBe(false);
  expect(canBeSeen(`${blank}7`)).toBe(true);
});

it.each(["က", "မုန့်\u200bဟင်းခါး", "🍜", "-", "ក"])("sees %s", (name) => {
  expect(canBeSeen(name)).toBe(true);
});
