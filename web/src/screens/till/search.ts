// Finds dishes by either script, by SKU, and by the first letters of their words. Pure.
import type { Dish } from "./menu.js";

const MAX = 60;

/** Latin without case and accents; Burmese as it is, but for the invisible joiners that keyboards put in. */
export const plain = (text: string): string =>
  text
    .normalize("NFKD")
    .replaceAll(/[\u0300-\u036f\u200b-\u200d]/g, "")
    .toLowerCase()
    .trim();

const initials = (text: string): string =>
  plain(text)
    .split(/[^a-z0-9]+/)
    .map((word) => word.charAt(0))
    .join("");

/** 0 is best; undefined is no match. */
function rank(dish: Dish, wanted: string): number | undefined {
  const names = [plain(dish.name.en), plain(dish.name.my ?? "")];
  if (names.some((name) => name.startsWith(wanted))) return 0;
  if (names.some((name) => name.includes(` ${wanted}`))) return 1;
  if (initials(dish.name.en).startsWith(wanted)) return 2;
  if (names.some((name) => name.includes(wanted))) return 3;
  return plain(dish.sku).includes(wanted) ? 4 : undefined;
}

/** The best matches first; in the menu's order where they are equally good. */
export function findDishes(dishes: Iterable<Dish>, typed: string): Dish[] {
  const wanted = plain(typed);
  if (wanted === "") return [];
  const found: { dish: Dish; rank: number }[] = [];
  for (const dish of dishes) {
    const ranked = rank(dish, wanted);
    if (ranked !== undefined) found.push({ dish, rank: ranked });
  }
  return found
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, MAX)
    .map(({ dish }) => dish);
}
