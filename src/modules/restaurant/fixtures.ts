// A small restaurant for the unit tests.
import type { Stored, Wanted } from "./rules.js";

export const mohinga = "0198c0de-0000-7000-8000-000000000001";
export const tea = "0198c0de-0000-7000-8000-000000000002";
export const stored: Stored = {
  revision: 7,
  restaurant: {
    name: { en: "Shwe Mohinga House" },
    currency: "MMK",
    timeZone: "Asia/Yangon",
    businessDayStartsAt: "04:00",
  },
  tax: [{ name: "Commercial tax", rate: "0.05", inclusive: false, validFrom: "2026-01-01" }],
  serviceCharge: [{ rate: "0.10", appliesTo: ["dine-in"], validFrom: "1970-01-01" }],
  tables: [{ id: "t1", name: "T1", seats: 2, area: "Front" }],
  modifierGroups: [
    {
      code: "egg",
      name: { en: "Egg" },
      min: 0,
      max: 2,
      modifiers: [{ code: "boiled-egg", name: { en: "Boiled egg" }, price: 500 }],
    },
  ],
  categories: [
    {
      code: "noodles",
      name: { en: "Noodles" },
      station: "noodle",
      items: [{ productId: mohinga, modifierGroups: ["egg"] }],
    },
    { code: "drinks", name: { en: "Drinks" }, station: "bar", items: [] },
  ],
};
const { revision: _revision, ...unversioned } = stored;
export const settings: Wanted = unversioned;
