// Tills of a long evening: each sends one order after the other, repeats it by its key until it is decided, cancels some,
// and remembers what it was told.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type Answer, type Dish, line, order, Till } from "../system/tiffin.js";

const TOKENS = ["sim_approve", "sim_decline", "sim_unknown_captured", "sim_slow_300"];
const THINK_MS = 60;
const AGAIN_MS = 100;
const GIVE_UP_MS = 120_000;
const REQUEST_MS = 20_000;
const FULL = 100_000;
/** Nobody sells it but those who look whether an order goes through. */
export const PROBE = "WTR-01";

/** Where the server is now, and who may ask it; it moves with each start. */
export interface Door {
  readonly url: string;
  readonly cashier: string;
  readonly manager: string;
}

export interface Told {
  readonly placed: ReadonlySet<string>;
  readonly cancelled: ReadonlySet<string>;
  /** By code. */
  readonly refused: ReadonlyMap<string, number>;
  /** Answers that no till should get, and orders that were never decided. */
  readonly wrong: readonly string[];
}

export function createTills(door: () => Door) {
  const placed = new Set<string>();
  const cancelled = new Set<string>();
  const refused = new Map<string, number>();
  const wrong: string[] = [];
  let open = true;
  let working = 0;

  /** Until it is decided, through every failure. */
  async function insist(what: string, ask: () => Promise<Answer>): Promise<Answer | undefined> {
    const started = performance.now();
    let last = "no answer";
    while (performance.now() - started < GIVE_UP_MS) {
      const answer = await Promise.race([
        ask().catch((error: unknown) => String(error)),
        pause(REQUEST_MS, "silence", { ref: false }),
      ]);
      if (typeof answer === "string") {
        last = answer; // the server is down, or just went
      } else {
        last = `${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}`;
        if (answer.status === 500) wrong.push(`${what}: ${last}`);
        const undecided = [202, 500].includes(answer.status) || isAway(answer);
        if (!undecided) return answer;
      }
      await pause(AGAIN_MS);
    }
    wrong.push(`${what} was not decided within ${GIVE_UP_MS / 1_000} s, last: ${last}`);
    return undefined;
  }

  async function sell(menu: readonly Dish[]): Promise<void> {
    const dishes = [...new Set([pick(menu), pick(menu)])];
    const lines = dishes.map((dish) => line(dish, 1 + Math.floor(Math.random() * 3)));
    const paid = Math.random() < 0.5 ? {} : { payment: { method: "card", token: pick(TOKENS) } };
    const [key, body] = [randomUUID(), order(lines, paid)];
    const answer = await insist(`Order ${key}`, () =>
      new Till(door().url, door().cashier).place(body, key),
    );
    if (!answer) return;
    if (answer.status !== 201) {
      const { code } = answer.body as { code: string };
      if (answer.status !== 402 && code !== "placement-timed-out")
        wrong.push(`Order ${key}: ${code}`);
      refused.set(code, (refused.get(code) ?? 0) + 1);
      return;
    }
    const { id } = answer.body as { id: string };
    if (placed.has(id)) wrong.push(`Order ${id} was told twice`);
    placed.add(id);
    if (Math.random() < 0.06) await cancel(id);
  }

  async function cancel(id: string): Promise<void> {
    const stock = Math.random() < 0.5 ? "restock" : "waste";
    const answer = await insist(`Cancelling ${id}`, () =>
      new Till(door().url, door().manager).send("POST", `/api/orders/${id}/cancel`, {
        reason: "The guest left",
        stock,
      }),
    );
    if (answer?.status === 200) cancelled.add(id);
    else if (answer) wrong.push(`Cancelling ${id}: ${answer.status}`);
  }

  async function work(menu: readonly Dish[]): Promise<void> {
    while (open) {
      working += 1;
      try {
        await sell(menu);
      } catch (error) {
        wrong.push(String(error));
      } finally {
        working -= 1;
      }
      await pause(THINK_MS * (0.5 + Math.random()));
    }
  }

  return {
    told: { placed, cancelled, refused, wrong } satisfies Told,
    /** Fills the shelves, then sells until closed. */
    async start(count: number): Promise<void> {
      const all = await new Till(door().url, door().cashier).menu();
      const menu = all.slice(0, 12);
      const office = new Till(door().url, door().manager);
      for (const { productId } of [...menu, ...all.filter(({ sku }) => sku === PROBE)]) {
        await office.send("POST", `/api/inventory/products/${productId}/movements`, {
          type: "received",
          quantity: FULL,
          reason: "For a long evening",
        });
      }
      open = true;
      for (let till = 0; till < count; till++) void work(menu);
    },
    /** Waits until every order that was begun is decided. */
    async close(): Promise<void> {
      open = false;
      while (working > 0) await pause(50);
    },
  };
}

/** "Try again in a moment", as opposed to a placement that was given up and undone. */
const isAway = ({ status, body }: Answer) =>
  (status === 503 && (body as { code?: string }).code !== "placement-timed-out") || status === 409;

const pick = <One>(list: readonly One[]): One =>
  list[Math.floor(Math.random() * list.length)] as One;
