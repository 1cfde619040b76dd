// How long an Idempotency-Key is known is a promise: where it is made, the number is the one that the code keeps.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { KEEP_DAYS } from "#platform/saga";
import { contract } from "./index.js";

const PROMISE = new RegExp(`no second effect.* for ${KEEP_DAYS} days after`);

it("tells in the contract and in the README for how long a key is known", async () => {
  expect(contract.place["~orpc"].route.description).toMatch(PROMISE);
  expect(await readFile("README.md", "utf8")).toMatch(PROMISE);
});
