// Both languages say everything, with the same slots, and nothing is kept that no screen says.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const SOURCES = join(import.meta.dirname, "..");
const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter(
  (name) => /\.tsx?$/.test(name) && !name.includes(".test."),
);
const textOf = (name: string) => readFileSync(join(SOURCES, name), "utf8");
const SERVER = join(SOURCES, "../../src");
/** A state of a saga, a kind of layer: words for what contracts name are said when a contract names it. */
const contracts = readdirSync(SERVER, { recursive: true, encoding: "utf8" })
  .filter((name) => /contract(\/.*)?\.ts$|-contract\.ts$/.test(name))
  .map((name) => readFileSync(join(SERVER, name), "utf8"))
  .join("\n");
const dictionaries = files.filter((name) => textOf(name).includes("defineWords({"));

interface Entry {
  readonly file: string;
  readonly dictionary: string;
  readonly key: string;
  readonly en: string;
  readonly my: string;
}
const entries: Entry[] = [];

beforeAll(async () => {
  // What a dictionary's neighbours ask of a browser while they are loaded.
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("localStorage", { getItem: () => null });
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: {} });
  vi.stubGlobal("ROUTES", {});
  for (const file of dictionaries) {
    const module = (await import(join(SOURCES, file))) as Record<string, unknown>;
    for (const [dictionary, words] of Object.entries(module)) {
      if (typeof words !== "object" || words === null) continue;
      for (const [key, { en, my }] of Object.entries(words as Record<string, Entry>)) {
        entries.push({ file, dictionary, key, en, my });
      }
    }
  }
});
afterAll(() => void vi.unstubAllGlobals());

const slots = (text: string) =>
  [...text.matchAll(/\{(\w+)\}/g)]
    .map(([, slot = ""]) => slot)
    .toSorted((a, b) => a.localeCompare(b));

describe("The words of the screens", () => {
  it("stand in dictionaries that were found", () => {
    expect(dictionaries).toContain("words/shell.ts");
    expect(entries.length).toBeGreaterThan(20);
  });

  it("are there in both languages, with the same slots", () => {
    const wrong = entries.filter(
      ({ en, my }) =>
        en.trim() === "" || my.trim() === "" || String(slots(en)) !== String(slots(my)),
    );
    expect(wrong).toEqual([]);
  });

  it("are Burmese in Burmese, but for words that are the same in both", () => {
    const burmese = /[\u1000-\u109f]/;
    const switching = ({ key }: Entry) => key === "shell.switch-language";
    const wrong = entries.filter((entry) => !switching(entry) && !burmese.test(entry.my));
    expect(wrong).toEqual([]);
  });

  it("are each said somewhere", () => {
    const code = files
      .filter((name) => !dictionaries.includes(name))
      .map(textOf)
      .join("\n");
    // `till.${type}` says each `till.<type>` whose type is written somewhere.
    const prefixes = [...code.matchAll(/\(`([\w.-]+[.-])\$\{/g)].map(([, prefix = ""]) => prefix);
    const isSaid = (key: string) =>
      code.includes(`"${key}"`) ||
      prefixes.some((prefix) => {
        const rest = key.startsWith(prefix) ? key.slice(prefix.length) : undefined;
        return rest !== undefined && new RegExp(`"${rest}"|\\b${rest}:`).test(code + contracts);
      });
    const unsaid = entries.filter(
      ({ dictionary, key }) => dictionary !== "problems" && !isSaid(key),
    );
    expect(unsaid.map(({ file, key }) => `${file}: ${key}`)).toEqual([]);
  });
});

describe("A name in two languages", () => {
  it("is the English one where the Burmese one is missing or blank", async () => {
    const { other, pick } = await import("./language.js");
    const blank = { en: "Tea", my: " " };
    expect([pick(blank, "my"), other(blank, "my"), other(blank, "en")]).toEqual([
      "Tea",
      undefined,
      undefined,
    ]);
    const both = { en: "Tea", my: "လက်ဖက်ရည်" };
    expect([pick(both, "my"), other(both, "my"), other(both, "en")]).toEqual([
      "လက်ဖက်ရည်",
      "Tea",
      "လက်ဖက်ရည်",
    ]);
  });
});

describe("The words of problems", () => {
  it("are for codes that the server can answer", () => {
    const errors = readFileSync(join(SOURCES, "../../docs/errors.md"), "utf8");
    const codes = new Set([...errors.matchAll(/^## ([\w-]+)$/gm)].map(([, code]) => code));
    const ours = new Set(["offline", "not-answered", "unknown"]);
    const strange = entries.filter(
      ({ dictionary, key }) => dictionary === "problems" && !ours.has(key) && !codes.has(key),
    );
    expect(strange.map(({ key }) => key)).toEqual([]);
  });
});
