// What a file is told that is refused: everything, once, and before anything is written.
import { expect, it } from "vitest";
import { readRestaurantFile } from "#modules/restaurant";
import { importRestaurant, type ImportTargets } from "./import.js";

const items = Array.from({ length: 250 }, (_, n) => ({
  sku: `D-${n}`,
  name: { en: `Dish ${n}` },
  price: 1000,
  stock: null,
}));
const result = readRestaurantFile({
  restaurant: {
    name: { en: "Large" },
    currency: "MMK",
    timeZone: "Asia/Yangon",
    businessDayStartsAt: "05:00",
  },
  categories: [{ code: "main", name: { en: "Main" }, station: "kitchen", items }],
});

/** Answers with how often something was written. */
async function refused(targets: ImportTargets, reason: RegExp): Promise<number> {
  if (!("file" in result)) throw new Error(JSON.stringify(result.faults));
  let changes = 0;
  const counting: ImportTargets = {
    products(request) {
      if (!request.checkOnly) changes += 1;
      return targets.products(request);
    },
    settings(request) {
      if (!request.checkOnly) changes += 1;
      return targets.settings(request);
    },
  };
  await expect(importRestaurant(result.file, counting)).rejects.toThrow(reason);
  return changes;
}
const products = () => Promise.resolve({ items: [] });
const settings = () => Promise.resolve({ changed: true });

it("says once what is wrong with every part, and changes nothing", async () => {
  const stopping = () => Promise.reject(new Error("The server is stopping. Try again."));
  const reason = /^The server is stopping\. Try again\.$/;
  expect(await refused({ products: stopping, settings }, reason)).toBe(0);
});

it("writes no product where the settings would be refused", async () => {
  const crowded = () => Promise.reject(new Error("would be 120; at most 100 are kept"));
  expect(await refused({ products, settings: crowded }, /at most 100/)).toBe(0);
});
