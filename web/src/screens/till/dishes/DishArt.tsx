// A drawing for a dish without a photo: what it is served in, and colours and toppings of its own, the same every day.
import { memo } from "react";

type Vessel = "bowl" | "plate" | "rice" | "glass" | "cup" | "basket";

/** Chosen by words, since every restaurant names its categories itself. */
const VESSELS: readonly (readonly [RegExp, Vessel])[] = [
  [/milk tea|coffee|\btea\b(?! leaf)|hot /, "cup"],
  [/juice|beer|water|falooda|shwe yin|drink|soda|lassi|shake|cola/, "glass"],
  [/salad|thoke/, "plate"],
  [/rice|curry|htamin|danbauk|biryani/, "rice"],
  [/snack|fritter|samusa|palata|mont lin|cake|sweet|bread/, "basket"],
  [/noodle|mohinga|khao swe|mont ti|soup|hin/, "bowl"],
];

function vesselOf(words: string): Vessel {
  const text = words.toLowerCase();
  return VESSELS.find(([pattern]) => pattern.test(text))?.[1] ?? "plate";
}

/** A small generator of its own for each dish (mulberry32). */
function random(seed: string): () => number {
  let state = 0;
  for (const letter of seed) state = (Math.imul(state, 31) + letter.charCodeAt(0)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const BROTHS = ["#d98e32", "#c96f2b", "#e0a94a", "#b85c38", "#d8b25c", "#a9652f"] as const;
const GREENS = ["#5d8a3c", "#7ba04e", "#47743a"] as const;
const TOPPINGS = ["#f6e7b4", "#e4572e", "#8fb339", "#f2c14e", "#fff4d6", "#9c3d2a"] as const;
const DRINKS = ["#c98f5a", "#b9d46b", "#e8b84a", "#f3d9a4", "#9ed0d6", "#e79a8b"] as const;
const CLOTHS = ["#f3e3c3", "#dfead3", "#f5d9c8", "#d8e6e4", "#efe0ea", "#e9e4d0"] as const;

const one = <T,>(list: readonly T[], next: () => number): T =>
  list[Math.floor(next() * list.length)] ?? (list[0] as T);

/** Toppings within an ellipse, at places that do not change. */
function scatter(
  next: () => number,
  colours: readonly string[],
  rx: number,
  ry: number,
  cy: number,
) {
  return Array.from({ length: 9 }, (_, index) => {
    const angle = (index / 9) * Math.PI * 2 + next();
    const reach = 0.25 + next() * 0.6;
    return (
      <ellipse
        key={index}
        cx={60 + Math.cos(angle) * rx * reach}
        cy={cy + Math.sin(angle) * ry * reach}
        rx={2.4 + next() * 3.2}
        ry={1.8 + next() * 2}
        fill={one(colours, next)}
        transform={`rotate(${Math.round(next() * 180)} 60 ${cy})`}
      />
    );
  });
}

function Bowl({ next }: { readonly next: () => number }) {
  return (
    <>
      <path d="M20 36h80c0 24-17 34-40 34S20 60 20 36z" fill="#fdfaf3" />
      <path d="M27 49c3 12 15 18 33 18s30-6 33-18c-2 14-15 21-33 21s-31-7-33-21z" fill="#0e6a58" />
      <ellipse cx="60" cy="36" rx="40" ry="12.5" fill="#fffdf8" />
      <ellipse cx="60" cy="36.5" rx="35" ry="9.8" fill={one(BROTHS, next)} />
      {[0, 1, 2, 3].map((index) => (
        <path
          key={index}
          d={`M${34 + index * 6} ${35 + (index % 2) * 3}q${8 + next() * 6} -${5 + next() * 4} 16 0t16 0`}
          fill="none"
          stroke="#fbe9b7"
          strokeWidth="2"
          strokeLinecap="round"
        />
      ))}
      {scatter(next, [...TOPPINGS, ...GREENS], 30, 8, 36)}
    </>
  );
}

function Plate({ next }: { readonly next: () => number }) {
  return (
    <>
      <ellipse cx="60" cy="50" rx="46" ry="17" fill="#fffdf8" />
      <ellipse cx="60" cy="49" rx="36" ry="12" fill="#f0e8d8" />
      <ellipse cx="60" cy="44" rx="29" ry="13" fill={one(GREENS, next)} />
      <ellipse cx="60" cy="41" rx="22" ry="9" fill={one(GREENS, next)} />
      {scatter(next, TOPPINGS, 25, 11, 42)}
    </>
  );
}

function Rice({ next }: { readonly next: () => number }) {
  return (
    <>
      <ellipse cx="60" cy="51" rx="47" ry="17" fill="#fffdf8" />
      <ellipse cx="60" cy="50" rx="39" ry="12.5" fill="#efe6d4" />
      <path d="M22 49c2-17 13-25 25-25s20 9 21 25z" fill="#fffefa" />
      <path d="M22 49c2-17 13-25 25-25" fill="none" stroke="#e8dfcb" strokeWidth="1.5" />
      <ellipse cx="76" cy="46" rx="22" ry="11" fill={one(BROTHS, next)} />
      <g transform="translate(16 6)">{scatter(next, [...TOPPINGS, ...BROTHS], 18, 8, 39)}</g>
    </>
  );
}

function Glass({ next }: { readonly next: () => number }) {
  const drink = one(DRINKS, next);
  return (
    <>
      <path d="M42 12h36l-5 60a4 4 0 0 1-4 3H51a4 4 0 0 1-4-3z" fill="#ffffff" opacity=".75" />
      <path d="M44 26h32l-3.5 45a3 3 0 0 1-3 2.5H50.5a3 3 0 0 1-3-2.5z" fill={drink} />
      <ellipse cx="60" cy="26" rx="16" ry="3.5" fill="#fff" opacity=".5" />
      <path d="M66 4l-7 40" stroke="#e4572e" strokeWidth="3" strokeLinecap="round" />
      {[0, 1, 2].map((index) => (
        <rect
          key={index}
          x={48 + next() * 16}
          y={30 + index * 11 + next() * 4}
          width="9"
          height="9"
          rx="2"
          fill="#fff"
          opacity=".45"
          transform={`rotate(${Math.round(next() * 40)} 60 ${40 + index * 8})`}
        />
      ))}
    </>
  );
}

function Cup({ next }: { readonly next: () => number }) {
  return (
    <>
      <ellipse cx="60" cy="66" rx="38" ry="8" fill="#fffdf8" />
      <path d="M34 30h52c0 22-8 36-26 36S34 52 34 30z" fill="#fdfaf3" />
      <path d="M85 36c12-2 14 16-3 17" fill="none" stroke="#fdfaf3" strokeWidth="5" />
      <ellipse cx="60" cy="30" rx="26" ry="7" fill="#fffefa" />
      <ellipse
        cx="60"
        cy="30.5"
        rx="22"
        ry="5"
        fill={one(["#b5794a", "#c98f5a", "#a5673b"], next)}
      />
      <path
        d="M52 20q-4-5 0-9t0-8M66 20q-4-5 0-9t0-8"
        fill="none"
        stroke="#fff"
        strokeWidth="2"
        opacity=".7"
      />
    </>
  );
}

function Basket({ next }: { readonly next: () => number }) {
  const golden = ["#e0a94a", "#d98e32", "#c9822f", "#eec06a"] as const;
  return (
    <>
      <ellipse cx="60" cy="54" rx="46" ry="16" fill="#fffdf8" />
      <ellipse cx="60" cy="53" rx="38" ry="12" fill={one(GREENS, next)} opacity=".85" />
      {[0, 1, 2, 3, 4].map((index) => (
        <rect
          key={index}
          x={32 + index * 10 + next() * 3}
          y={32 + (index % 2) * 7 + next() * 3}
          width="20"
          height="15"
          rx="5"
          fill={one(golden, next)}
          stroke="#a9652f"
          strokeOpacity=".4"
          transform={`rotate(${Math.round(next() * 50 - 25)} ${42 + index * 10} 42)`}
        />
      ))}
    </>
  );
}

const DRAWN = { bowl: Bowl, plate: Plate, rice: Rice, glass: Glass, cup: Cup, basket: Basket };

interface DishArtProps {
  readonly sku: string;
  /** English names of dish and category: they say what it is served in. */
  readonly words: string;
}

export const DishArt = memo(function DishArt({ sku, words }: DishArtProps) {
  const next = random(sku);
  const Vessel = DRAWN[vesselOf(words)];
  return (
    <svg viewBox="0 0 120 80" preserveAspectRatio="xMidYMid slice" aria-hidden focusable="false">
      <rect width="120" height="80" fill={one(CLOTHS, next)} />
      <circle
        cx={20 + next() * 80}
        cy={next() * 80}
        r={30 + next() * 20}
        fill="#fff"
        opacity=".25"
      />
      <ellipse cx="60" cy="70" rx="44" ry="7" fill="#3c3014" opacity=".12" />
      <Vessel next={next} />
    </svg>
  );
});
