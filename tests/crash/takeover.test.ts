// Two processes on one PostgreSQL and one document store. One is stopped (SIGSTOP) for longer than its lease, in the
// middle of its orders; the other takes them over; then the first goes on (SIGCONT) and must do no harm.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createProcessFolder, type ProcessFolder, type RunningProcess } from "../system/process.js";
import { type Kind, openRestaurant, type Restaurant } from "./restaurant.js";
import { openStores, type Stores } from "./stores.js";

const KINDS: readonly Kind[] = ["cash", "approve", "decline", "unknown", "slow_1500", "slow_4000"];
const EACH = 4;
/** Answers that decide nothing. */
const AGAIN = new Set(["store-unavailable", "request-timeout"]);

let stores: Stores;
let other: ProcessFolder;
let restaurant: Restaurant;

beforeAll(async () => {
  stores = await openStores();
  restaurant = await openRestaurant(stores);
  other = await createProcessFolder({ compiled: true });
});
afterAll(async () => {
  await restaurant.close();
  await other.remove();
  await stores.close();
});

const openSagas = () =>
  stores.read<{ id: string }>("select id from orders.sagas where ended_at is null");

async function untilOpen(count: number): Promise<void> {
  for (let tries = 0; (await openSagas()).length < count; tries++) {
    if (tries === 500) throw new Error(`There were never ${count} sagas under way`);
    await pause(5);
  }
}

let paused: RunningProcess;
let running: RunningProcess;
beforeEach(async () => {
  paused = await restaurant.start();
  running = await other.start(stores.env);
});
afterEach(async () => {
  await Promise.all([paused.end("SIGKILL"), running.end("SIGKILL")]);
});

describe("a process that was only paused", () => {
  it.each([
    { when: "as its orders start", ms: 0 },
    { when: "between their charges", ms: 40 },
    { when: "while it waits for the gateway", ms: 1_000 },
  ])(
    "$when finds them taken over, and does no harm",
    async ({ ms }) => {
      const sales = KINDS.flatMap((kind) =>
        Array.from({ length: EACH }, () => restaurant.sale(kind)),
      );
      const answers = sales.map((sale) => restaurant.send(paused, sale));
      await untilOpen(EACH);
      await pause(ms);
      paused.child.kill("SIGSTOP");
      const open = await openSagas();
      expect(open.length, "it was paused too late: nothing was under way").toBeGreaterThan(0);

      // The first repetition waits until the lease has run out and the other process has taken over.
      const told = await Promise.all(sales.map((sale) => restaurant.settle(running, sale)));
      const taken = await stores.read<{ id: string }>(
        "select id from orders.sagas where token > 1",
      );
      const takenIds = new Set(taken.map(({ id }) => id));
      expect(open.filter(({ id }) => !takenIds.has(id))).toEqual([]);

      paused.child.kill("SIGCONT");
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        // Its connections died meanwhile: "send it again" is a right answer, a wrong decision is not.
        if (answer === undefined || answer.status === 202) continue;
        if (AGAIN.has(answer.body.code)) continue;
        expect(answer.status, JSON.stringify(answer.body)).toBe(told[index]?.status);
        if (answer.status === 201) expect(answer.body).toEqual(told[index]?.body);
      }
      for (const sale of sales) await restaurant.settle(paused, sale);
      // What it reserved when it went on, after the sale, is given back after a minute, or by who starts after that.
      await stores.letReservationsAge();
      await running.end("SIGKILL");
      running = await other.start(stores.env);
      await restaurant.check(paused);
    },
    300_000,
  );
});
