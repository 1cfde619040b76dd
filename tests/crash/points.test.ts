// The list of crash points against the source: a point added there must be added here, or nobody would die at it.
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { allPoints } from "./points.js";

const SOURCE = resolve(import.meta.dirname, "../../src");
const CALL = /crashPoint\(\s*(["`])([^"`]+)\1/g;

/** The sagas' steps as the code names them; from the pivot on there is no undo. */
const STEPS = {
  run: ["reserve", "charge", "record", "cancel", "refund", "settle"],
  undo: ["reserve", "charge"],
};

function expand(name: string): string[] {
  if (!name.includes("${")) return [name];
  return Object.entries(STEPS).flatMap(([action, steps]) =>
    // oxlint-disable-next-line no-template-curly-in-string
    steps.map((step) => name.replace("${step.name}", step).replace("${action}", action)),
  );
}

it("lists every crash point of the source, and no other", async () => {
  const files = (await readdir(SOURCE, { recursive: true })).filter((file) => file.endsWith(".ts"));
  const texts = await Promise.all(files.map((file) => readFile(join(SOURCE, file), "utf8")));
  const calls = texts.flatMap((text) => [...text.matchAll(CALL)].map((match) => match[2] ?? ""));
  const uses = texts.join("\n").match(/crashPoint\((?!name: string)/g) ?? [];
  expect(calls.length).toBe(uses.length); // a name that is built another way would be overlooked
  expect(new Set(calls.flatMap(expand))).toEqual(new Set(allPoints));
});
