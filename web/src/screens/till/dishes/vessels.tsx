// What dishes are served in, drawn on a ground of 124 × 64. Each takes its colours and toppings from a generator, in a
// fixed order, so that a dish always looks the same.
import type { ReactNode } from "react";

interface VesselProps {
  /** Numbers from 0 to 1. */
  readonly next: () => number;
}

const BROTHS = ["#d98e32", "#c96f2b", "#e0a94a", "#b85c38", "#d8b25c", "#a9652f"] as const;
const GREENS = ["#5d8a3c", "#7ba04e", "#47743a"] as const;
const TOPPINGS = ["#fbeec2", "#e4572e", "#8fb339", "#f2c14e", "#fff8e2", "#9c3d2a"] as const;
const DRINKS = ["#d79a5e", "#b9d46b", "#eebb4a", "#f0cfa0", "#8ec9d0", "#e58f80"] as const;
const GOLDEN = ["#e0a94a", "#d98e32", "#c9822f", "#eec06a"] as const;
const TEAS = ["#b5794a", "#c98f5a", "#a5673b"] as const;

const PORCELAIN = "#fffdf8";
const SHADE = "#3c3014";

const one = <T,>(list: readonly [T, ...T[]], next: () => number): T =>
  list[Math.floor(next() * list.length)] ?? list[0];

const Shadow = ({ rx, cy = 57 }: { readonly rx: number; readonly cy?: number }) => (
  <ellipse cx="62" cy={cy} rx={rx} ry="5" fill={SHADE} opacity=".16" />
);

interface Heap {
  readonly cx: number;
  readonly cy: number;
  readonly rx: number;
  readonly ry: number;
}

/** Toppings on a heap: close together in the middle, each turned in its own place. */
function toppings(next: () => number, colours: readonly [string, ...string[]], heap: Heap) {
  const { cx, cy, rx, ry } = heap;
  return Array.from({ length: 10 }, (_, index): ReactNode => {
    const angle = index * 2.4 + next();
    const reach = Math.sqrt((index + 0.4) / 10) * 0.86;
    const x = cx + Math.cos(angle) * rx * reach;
    const y = cy + Math.sin(angle) * ry * reach;
    return (
      <ellipse
        key={index}
        cx={x}
        cy={y}
        rx={2 + next() * 2.6}
        ry={1.3 + next() * 1.3}
        fill={one(colours, next)}
        transform={`rotate(${Math.round(next() * 180)} ${x} ${y})`}
      />
    );
  });
}

/** Half a boiled egg, for every other bowl. */
const Egg = ({ x, y }: { readonly x: number; readonly y: number }) => (
  <>
    <ellipse cx={x} cy={y} rx="7" ry="4.4" fill="#fffefa" />
    <ellipse cx={x} cy={y + 0.3} rx="3.6" ry="2.2" fill="#f2b632" />
  </>
);

export function Bowl({ next }: VesselProps) {
  const broth = one(BROTHS, next);
  const egg = next() < 0.5;
  return (
    <>
      <Shadow rx={30} />
      <path d="M47 54h30l-2.5 5h-25z" fill="#efe7d6" />
      <path d="M24 25h76c-1 20-15 31.5-38 31.500S25 45 24 25z" fill={PORCELAIN} />
      <path
        d="M28.5 38c4 10 15 15 33.5 15s29.5-5 33.5-15c-3.5 13-15.5 18.5-33.5 18.500S32 51 28.5 38z"
        fill="#0e6a58"
        opacity=".85"
      />
      <ellipse cx="62" cy="25" rx="38" ry="11" fill={PORCELAIN} />
      <ellipse cx="62" cy="25.5" rx="34" ry="8.8" fill={broth} />
      <ellipse cx="62" cy="24.5" rx="34" ry="7.8" fill="#fff" opacity=".12" />
      {[0, 1, 2, 3].map((strand) => (
        <path
          key={strand}
          d={`M${35 + strand * 3} ${23 + strand * 2}q${7 + next() * 4} -${4 + next() * 2} 13 0t13 0t13 0`}
          fill="none"
          stroke="#fbe6ae"
          strokeWidth="2"
          strokeLinecap="round"
        />
      ))}
      {toppings(next, [...TOPPINGS, ...GREENS], { cx: 64, cy: 24, rx: 20, ry: 5.5 })}
      {egg && <Egg x={45} y={25.5} />}
      <path d="M70 21l40-15M74 23l39-12" stroke="#7d4a24" strokeWidth="2" strokeLinecap="round" />
    </>
  );
}

export function Plate({ next }: VesselProps) {
  return (
    <>
      <Shadow rx={44} cy={52} />
      <ellipse cx="62" cy="41" rx="48" ry="16" fill={PORCELAIN} />
      <ellipse cx="62" cy="40" rx="39" ry="11.5" fill="#efe7d6" />
      <path d="M34 39c2-13 14-21 28-21s26 8 28 21c-6 7-50 7-56 0z" fill={one(GREENS, next)} />
      <path d="M42 33c3-8 11-12 20-12s17 4 20 12c-8 5-32 5-40 0z" fill={one(GREENS, next)} />
      {toppings(next, TOPPINGS, { cx: 62, cy: 31, rx: 24, ry: 9 })}
      {toppings(next, [...TOPPINGS, ...GREENS], { cx: 62, cy: 28, rx: 15, ry: 7 })}
    </>
  );
}

export function Curry({ next }: VesselProps) {
  const curry = one(BROTHS, next);
  return (
    <>
      <Shadow rx={46} cy={53} />
      <ellipse cx="62" cy="42" rx="50" ry="16" fill={PORCELAIN} />
      <ellipse cx="62" cy="41" rx="41" ry="11.5" fill="#efe7d6" />
      <path d="M24 42c1-17 12-26 25-26s22 10 23 26c-9 6-39 6-48 0z" fill="#fffefb" />
      <path d="M29 41c2-13 9-20 18-21" fill="none" stroke="#e4dac3" strokeWidth="1.5" />
      <path d="M66 44c0-9 9-15 19-15s17 5 17 12-8 10-18 10-18-2-18-7z" fill={curry} />
      {toppings(next, [...TOPPINGS, ...GREENS, ...BROTHS], { cx: 84, cy: 39, rx: 14, ry: 7 })}
      <path d="M44 18q4-7 10-4q-1 6-10 4z" fill={one(GREENS, next)} />
    </>
  );
}

export function Rice({ next }: VesselProps) {
  return (
    <>
      <Shadow rx={30} />
      <path d="M47 54h30l-2.5 5h-25z" fill="#efe7d6" />
      <path d="M32 27c0-15 13-22 30-22s30 7 30 22z" fill="#fffefb" />
      <path d="M40 20c3-7 9-10 17-11" fill="none" stroke="#e4dac3" strokeWidth="1.5" />
      {toppings(next, ["#e9dfc8", "#f3ecdc"], { cx: 62, cy: 19, rx: 22, ry: 9 })}
      <path d="M26 26h72c-1 20-14 30.5-36 30.5S27 46 26 26z" fill={PORCELAIN} />
      <path
        d="M27.5 34c12 4 57 4 69 0l-1 5c-14 4-53 4-67 0z"
        fill={one(["#0e6a58", "#3f6f9c", "#b85c38"], next)}
        opacity=".85"
      />
    </>
  );
}

export function Beer({ next }: VesselProps) {
  const beer = one(["#eebb4a", "#e6a93a", "#f2c75c"], next);
  return (
    <>
      <Shadow rx={22} cy={59} />
      <path d="M79 22h7c9 0 9 24 0 24h-8" fill="none" stroke="#fff" strokeWidth="5" opacity=".85" />
      <path d="M43 14h38v41a5 5 0 0 1-5 5H48a5 5 0 0 1-5-5z" fill="#fff" opacity=".7" />
      <path d="M46 20h32v34a3.5 3.5 0 0 1-3.5 3.5h-25A3.5 3.5 0 0 1 46 54z" fill={beer} />
      {[0, 1, 2, 3, 4, 5].map((bubble) => (
        <circle
          key={bubble}
          cx={50 + next() * 24}
          cy={28 + next() * 26}
          r={0.9 + next()}
          fill="#fff"
          opacity=".55"
        />
      ))}
      <path d="M54 26v26M62 26v26M70 26v26" stroke="#fff" strokeWidth="1.5" opacity=".3" />
      <path
        d="M41 17c-3-6 4-9 7-7 2-5 10-5 12-1 3-4 11-3 12 1 5-2 11 1 9 7 1 6-8 6-10 3-3 4-8 4-10 0-3 4-9 3-10 0-3 3-9 2-10-3z"
        fill="#fffdf5"
      />
    </>
  );
}

export function Glass({ next }: VesselProps) {
  const drink = one(DRINKS, next);
  return (
    <>
      <Shadow rx={20} cy={59} />
      <path d="M70 3l-7 40" stroke="#e4572e" strokeWidth="3" strokeLinecap="round" />
      <path
        d="M44 9h36l-4.5 46a5 5 0 0 1-5 4.500h-17a5 5 0 0 1-5-4.500z"
        fill="#fff"
        opacity=".72"
      />
      <path
        d="M46.5 20h31l-3.3 34a3.5 3.5 0 0 1-3.5 3.200H53.300a3.5 3.5 0 0 1-3.5-3.200z"
        fill={drink}
      />
      <ellipse cx="62" cy="20" rx="15.5" ry="3.2" fill="#fff" opacity=".45" />
      {[0, 1, 2].map((cube) => {
        const x = 51 + next() * 13;
        const y = 23 + cube * 9 + next() * 3;
        return (
          <rect
            key={cube}
            x={x}
            y={y}
            width="8"
            height="8"
            rx="2"
            fill="#fff"
            opacity=".42"
            transform={`rotate(${Math.round(next() * 50 - 25)} ${x + 4} ${y + 4})`}
          />
        );
      })}
      <path d="M49 13l3 38" stroke="#fff" strokeWidth="2" strokeLinecap="round" opacity=".6" />
      <circle cx="80" cy="11" r="7" fill="#f2c14e" />
      <circle cx="80" cy="11" r="4.8" fill="#fbe7a8" />
    </>
  );
}

export function Cup({ next }: VesselProps) {
  return (
    <>
      <ellipse cx="62" cy="55" rx="40" ry="7.5" fill={SHADE} opacity=".14" />
      <ellipse cx="62" cy="53" rx="38" ry="7.5" fill={PORCELAIN} />
      <ellipse cx="62" cy="52" rx="26" ry="4.5" fill="#e9dfcb" />
      <path d="M87 27c14-3 16 17-4 18" fill="none" stroke={PORCELAIN} strokeWidth="4.5" />
      <path d="M35 22h54c0 20-9 32-27 32S35 42 35 22z" fill={PORCELAIN} />
      <path
        d="M36.5 33c1.5 3 11 5 25.5 5s24-2 25.5-5"
        fill="none"
        stroke="#c9963a"
        strokeWidth="2"
      />
      <ellipse cx="62" cy="22" rx="27" ry="7" fill="#fffefa" />
      <ellipse cx="62" cy="22.5" rx="23" ry="5.2" fill={one(TEAS, next)} />
      <ellipse cx="57" cy="21.5" rx="9" ry="1.8" fill="#fff" opacity=".25" />
      <path
        d="M53 12q-4-4 0-8M63 12q-4-4 0-8M73 12q-4-4 0-8"
        fill="none"
        stroke="#fff"
        strokeWidth="2.2"
        strokeLinecap="round"
        opacity=".8"
      />
    </>
  );
}

export function Basket({ next }: VesselProps) {
  const leaf = one(GREENS, next);
  return (
    <>
      <Shadow rx={46} cy={54} />
      <ellipse cx="62" cy="44" rx="50" ry="15" fill="#c79a5b" />
      <ellipse cx="62" cy="43" rx="45" ry="12" fill="#e3c08a" />
      <path d="M20 42q20-16 42-13t42 13q-20 12-42 12t-42-12z" fill={leaf} />
      <path d="M20 42q42-6 84 0" fill="none" stroke="#fff" strokeWidth="1" opacity=".35" />
      {[0, 1, 2, 3, 4].map((piece) => {
        const x = 30 + piece * 12 + next() * 3;
        const y = 27 + (piece % 2) * 7 + next() * 3;
        return (
          <rect
            key={piece}
            x={x}
            y={y}
            width="19"
            height="14"
            rx="5"
            fill={one(GOLDEN, next)}
            stroke="#9c5f28"
            strokeOpacity=".45"
            transform={`rotate(${Math.round(next() * 50 - 25)} ${x + 9} ${y + 7})`}
          />
        );
      })}
      {toppings(next, ["#fff4d6", "#8fb339", "#e4572e"], { cx: 62, cy: 36, rx: 26, ry: 6 })}
    </>
  );
}
