// What goes wrong in the evening: the server is killed, a database or the network to it fails, at random, one at a time.
// After each it is measured how long it takes until an order goes through again.
import { setTimeout as pause } from "node:timers/promises";
import { documentsFaults, type Fault, postgresFaults } from "../crash/faults.js";
import { line, order, Till } from "../system/tiffin.js";
import type { Restaurant } from "./restaurant.js";
import { PROBE } from "./tills.js";

const QUIET_MS = { shortest: 3_000, longest: 12_000 };
const BACK_WITHIN_MS = 60_000;

export interface Trouble {
  readonly kills: number;
  readonly stops: number;
  /** By name. */
  readonly faults: ReadonlyMap<string, number>;
  /** From the end of each to the next order that went through. */
  readonly recoveriesMs: readonly number[];
  readonly unrecovered: readonly string[];
}

const named = (store: string, faults: readonly Fault[]) =>
  faults.map((fault) => ({ name: `${store} ${fault.name}`, fault }));

export function createTrouble(restaurant: Restaurant) {
  const faults = [
    ...named("PostgreSQL", postgresFaults),
    ...named("the document store", documentsFaults),
  ].filter(({ fault }) => fault.possible?.(restaurant.world) !== false);
  const counts = new Map<string, number>();
  const recoveriesMs: number[] = [];
  const unrecovered: string[] = [];
  const placed = new Set<string>();
  let kills = 0;
  let stops = 0;

  async function cause({ kill }: { kill: boolean }): Promise<string> {
    const chance = Math.random();
    if (kill && chance < 0.35) {
      kills += 1;
      await restaurant.restart("SIGKILL");
      return "a kill";
    }
    if (kill && chance < 0.42) {
      stops += 1;
      await restaurant.restart("SIGTERM");
      return "a stop";
    }
    const { name, fault } = faults[Math.floor(Math.random() * faults.length)] as (typeof faults)[0];
    counts.set(name, (counts.get(name) ?? 0) + 1);
    await fault.begin(restaurant.world);
    await pause(fault.lastsMs * (1 + Math.random()));
    await fault.end(restaurant.world);
    return name;
  }

  async function measureRecovery(after: string): Promise<void> {
    const ended = performance.now();
    const key = crypto.randomUUID();
    let body: object | undefined;
    let last = "no answer";
    while (performance.now() - ended < BACK_WITHIN_MS) {
      const { url, cashier } = restaurant.door();
      const till = new Till(url, cashier);
      try {
        body ??= order([line(await till.dish(PROBE))]);
        const answer = await till.place(body, key);
        last = `${answer.status} ${(answer.body as { code?: string }).code ?? ""}`;
        if (answer.status === 201) {
          placed.add((answer.body as { id: string }).id);
          recoveriesMs.push(Math.round(performance.now() - ended));
          return;
        }
      } catch {
        // not yet
      }
      await pause(50);
    }
    unrecovered.push(`${after} (last: ${last})`);
  }

  return {
    /** Orders of its own. */
    placed,
    seen: (): Trouble => ({ kills, stops, faults: counts, recoveriesMs, unrecovered }),
    /** Until the time is over. Without kills the server lives on, so that its memory can be watched. */
    async make(untilMs: number, options: { kill: boolean }): Promise<void> {
      while (performance.now() < untilMs) {
        const { shortest, longest } = QUIET_MS;
        await pause(
          Math.min(shortest + Math.random() * (longest - shortest), untilMs - performance.now()),
        );
        if (performance.now() >= untilMs) return;
        await measureRecovery(await cause(options));
      }
    },
  };
}
