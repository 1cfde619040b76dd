// docs/errors.md lists every problem that the HTTP face can answer, and no other.
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { contract as auth } from "#modules/auth";
import { contract as inventory } from "#modules/inventory";
import { contract as orders } from "#modules/orders";
import { contract as payments } from "#modules/payments";
import { contract as restaurant } from "#modules/restaurant";
import { listProblemCodes, listRoutes, parseErrors } from "#platform/http";
import { allPermissions } from "#modules/auth";
import { contract as system } from "../../src/system/contract.js";

const contracts = { auth, inventory, orders, payments, restaurant, system };

it("lists in docs/errors.md exactly the problems that the contracts declare", async () => {
  const page = await readFile(new URL("../../docs/errors.md", import.meta.url), "utf8");
  expect([...parseErrors(page).keys()].toSorted()).toEqual(listProblemCodes(contracts));
});

it("asks only for permissions that somebody can have", () => {
  const asked = listRoutes(contracts).flatMap(({ meta }) => meta.permission ?? []);
  expect(asked.filter((permission) => !allPermissions.has(permission))).toEqual([]);
});
