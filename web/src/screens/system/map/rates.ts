// How much goes over each arrow in a minute. Pure.
import type { Flow } from "../use-system.js";

export interface Between {
  readonly kind: "call" | "event";
  readonly from: string;
  readonly to: string;
}

export function ratesOf(flow: Flow | undefined) {
  const sums = new Map<string, number>();
  const add = (key: string, perMinute: number) => sums.set(key, (sums.get(key) ?? 0) + perMinute);
  for (const { from, to, perMinute } of flow?.calls ?? []) add(`call ${from} ${to}`, perMinute);
  for (const { from, to, perMinute } of flow?.heard ?? []) add(`event ${from} ${to}`, perMinute);
  for (const { publisher, perMinute } of flow?.published ?? []) add(`from ${publisher}`, perMinute);
  return {
    of: ({ kind, from, to }: Between): number => sums.get(`${kind} ${from} ${to}`) ?? 0,
    published: (publisher: string): number => sums.get(`from ${publisher}`) ?? 0,
    total: (what: "call" | "event" | "from"): number =>
      [...sums].reduce((sum, [key, count]) => sum + (key.startsWith(`${what} `) ? count : 0), 0),
  };
}
