// What a large file is told when all of its parts are refused for the same reason.
import { expect, it } from "vitest";
import { readRestaurantFile } from "#modules/restaurant";
import { importRestaurant } from "./import.js";

it("says once what is wrong with every part, and changes nothing", async () => {
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
  if (!("file" in result)) throw new Error(JSON.stringify(result.faults));
  let changes = 0;
  const targets = {
    products: ({ checkOnly }: { checkOnly: boolean }) => {
      if (!checkOnly) changes += 1;
      return Promise.reject(new Error("The server is stopping. Try again."));
    },
    settings: () => Promise.resolve({ changed: (changes += 1) > 0 }),
  };
  await expect(importRestaurant(result.file, targets)).rejects.toThrow(
    /^The server is stopping\. Try again\.$/,
  );
  expect(changes).toBe(0);
});
