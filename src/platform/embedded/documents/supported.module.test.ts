// README.md promises what the code does: each row of its table lists exactly the names the code accepts.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DATABASE_SOURCES, SOURCES } from "./commands/aggregate.js";
import { INDEX_OPTIONS } from "./commands/indexes.js";
import { SINKS } from "./commands/output.js";
import { commands } from "./commands/table.js";
import { supported } from "./semantics/index.js";

const readme = readFileSync(new URL("./README.md", import.meta.url), "utf8");

const rows = new Map(
  [...readme.matchAll(/^\| ([^|]+?) +\| (.+) \|$/gm)].map(([, name = "", cell = ""]) => [
    name,
    [...cell.matchAll(/`([^`]+)`/g)].map(([, item = ""]) => item).toSorted(),
  ]),
);

test.each<[string, Iterable<string>]>([
  ["Commands", commands.keys()],
  ["Query operators", supported.QUERY_OPERATORS],
  ["Update operators", supported.UPDATE_OPERATOR_NAMES],
  ["Stages of update pipelines", supported.UPDATE_STAGES],
  ["Projection operators", supported.PROJECTION_OPERATORS],
  ["Aggregation stages", supported.STAGES],
  ["First stages only", [...Object.keys(SOURCES), ...Object.keys(DATABASE_SOURCES)]],
  ["Last stages only", Object.keys(SINKS)],
  ["Accumulators", supported.ACCUMULATORS],
  ["Expressions", supported.EXPRESSIONS],
  ["Index options", INDEX_OPTIONS],
])("%s", (name, names) => {
  expect(rows.get(name)).toEqual([...names].toSorted());
});

// A name that no table of inputs and outputs mentions has never been seen to work.
test.each<[string, readonly string[]]>([
  ["query operator", supported.QUERY_OPERATORS],
  ["update operator", supported.UPDATE_OPERATOR_NAMES],
  ["stage", supported.STAGES],
  ["accumulator", supported.ACCUMULATORS],
  ["expression", supported.EXPRESSIONS],
])("every %s stands in a table", (_, names) => {
  const folder = new URL("./semantics/", import.meta.url);
  const tables = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".unit.test.ts"))
    .map((file) => readFileSync(new URL(file, folder), "utf8"))
    .join("");
  expect(names.filter((name) => !tables.includes(`${name}: `))).toEqual([]);
});
