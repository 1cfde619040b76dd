// Four buttons for whatever guests hand over.
import { expect, it } from "vitest";
import { notesOf } from "./notes.js";

it.each([
  ["MMK", 0, [500, 1_000, 5_000, 10_000]],
  ["USD", 2, [1, 5, 10, 20]],
  ["KWD", 3, [1, 5, 10, 20]],
  ["JPY", 0, [500, 1_000, 5_000, 10_000]],
  ["VND", 0, [10_000, 50_000, 100_000, 500_000]],
])("has notes that guests who pay in %s have", (currency, decimals, notes) => {
  expect(notesOf(currency, decimals)).toEqual(notes);
});
