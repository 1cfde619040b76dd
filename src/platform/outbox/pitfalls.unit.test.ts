// docs/pitfalls.md names tests: each of them exists under that name, and runs on both stores where it says so.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const page = read("docs/pitfalls.md");
const rows = page.split("\n").filter((line) => /^\|(?! ?-+| what happens| wish)/.test(line));

/** `file.ts`: "one title"; "another title" */
const named = rows.flatMap((row) =>
  [...row.matchAll(/`([\w./-]+\.ts)`: ("[^"]+"(?:; "[^"]+")*)/g)].flatMap(
    ([, file = "", titles = ""]) =>
      [...titles.matchAll(/"([^"]+)"/g)].map(([, title = ""]) => ({ file, title })),
  ),
);

it("names tests that exist", () => {
  const missing = named.filter(({ file, title }) => !read(file).includes(`("${title}"`));
  expect(missing).toEqual([]);
  expect(named.length).toBeGreaterThan(40);
});

it("has a test in every row, and all sixteen pitfalls", () => {
  expect(rows.filter((row) => !/\.ts`: "/.test(row))).toEqual([]);
  const [pitfalls = ""] = page.split("## What people ask for");
  expect(pitfalls.match(/^\| (?!what happens|-)/gm)).toHaveLength(16);
});

it("speaks of promises that both stores keep", () => {
  for (const store of ["postgres", "mongo"]) {
    expect(read(`src/platform/outbox/${store}.module.test.ts`)).toContain("describeEvents(");
  }
  const suite = read("src/platform/outbox/conformance.ts");
  for (const { file } of named.filter((one) => one.file.includes("conformance-"))) {
    expect(suite).toContain(`./${file.split("/").at(-1)?.replace(".ts", ".js")}`);
  }
});
