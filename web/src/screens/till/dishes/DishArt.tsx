// A drawing for a dish without a photo: what it is served in, on the cloth of its category, with colours and toppings of
// its own, the same every day.
import { memo, type ReactNode } from "react";
import { Basket, Beer, Bowl, Cup, Curry, Glass, Plate, Rice } from "./vessels.js";

/** Chosen by words, since every restaurant names its categories itself. The first that fits. */
const VESSELS = [
  [/milk tea|coffee|\btea\b(?! leaf)|hot drink/, Cup],
  [/beer|\bale\b|stout/, Beer],
  [/juice|water|falooda|shwe yin|drink|soda|lassi|shake|cola/, Glass],
  [/salad|thoke/, Plate],
  [/(steamed|plain|white|coconut) rice/, Rice],
  [/rice|curry|htamin|danbauk|biryani/, Curry],
  [/snack|fritter|samusa|palata|mont lin|cake|sweet|bread/, Basket],
  [/noodle|mohinga|khao swe|mont ti|soup|hin/, Bowl],
] as const;

/** Ground and weave of a tablecloth: one for each category, so that the eye finds its way. */
const CLOTHS = [
  ["#f3dfb8", "#e2c383"],
  ["#d6e6cd", "#b3cfa4"],
  ["#f3d2c1", "#e0ad94"],
  ["#cfe3e2", "#a5c9c8"],
  ["#e8d8e8", "#cdb2cf"],
  ["#e3dfc0", "#c6bf8a"],
  ["#d5dcec", "#aebbd8"],
] as const;

const seedOf = (text: string): number => {
  let seed = 0;
  for (const letter of text) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0;
  return seed;
};

/** A small generator of its own for each dish (mulberry32). */
function random(seed: string): () => number {
  let state = seedOf(seed);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The wave of Burmese acheik silk, in rows. */
const WAVE = `q9 -9 18 0${" t18 0".repeat(8)}`;
const WAVES = [6, 22, 38, 54].map((y, row) => `M${row % 2 ? -18 : -9} ${y}${WAVE}`).join("");

interface DishArtProps {
  readonly sku: string;
  /** English names of dish and category: they say what it is served in. */
  readonly words: string;
  /** Position of the category on the menu: which cloth. */
  readonly cloth: number;
}

export const DishArt = memo(function DishArt({ sku, words, cloth }: DishArtProps): ReactNode {
  const next = random(sku);
  const text = words.toLowerCase();
  const Vessel = VESSELS.find(([pattern]) => pattern.test(text))?.[1] ?? Plate;
  const [ground, weave] = CLOTHS[cloth % CLOTHS.length] ?? CLOTHS[0];
  return (
    <svg viewBox="0 0 124 64" preserveAspectRatio="xMidYMid slice" aria-hidden focusable="false">
      <rect width="124" height="64" fill={ground} />
      <path d={WAVES} fill="none" stroke={weave} strokeWidth="1.2" opacity=".5" />
      <Vessel next={next} />
    </svg>
  );
});
