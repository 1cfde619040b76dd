// docs/errors.md lists every problem that the HTTP face can answer, and no other.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { allPermissions, contract as auth } from "#modules/auth";
import { manifest } from "#modules/manifest";
import type { Contract } from "#platform/contract";
import { listProblemCodes, listRoutes, parseErrors } from "#platform/http";
import { contract as stream } from "../../src/stream/contract.js";
import { contract as system } from "../../src/system/contract.js";

const contracts: Record<string, Contract> = { auth, stream, system };
for (const module of Object.keys(manifest)) {
  const door = (await import(`../../src/modules/${module}/index.ts`)) as { contract: Contract };
  contracts[module] = door.contract;
}

it("lists in docs/errors.md exactly the problems that the contracts declare", async () => {
  const page = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
  expect([...parseErrors(page).keys()].toSorted()).toEqual(listProblemCodes(contracts));
});

it("asks only for permissions that somebody can have", () => {
  const asked = listRoutes(contracts).flatMap(({ meta }) => meta.permission ?? []);
  expect(asked.filter((permission) => !allPermissions.has(permission))).toEqual([]);
});
