// Dying again while recovering: one order whose server is killed at every step of its way, forward and back; and the
// same request fifty times at once, before and after each death.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningProcess } from "../system/process.js";
import { dies } from "./death.js";
import { reversal } from "./points.js";
import { openRestaurant, type Restaurant, type Sale, TOO_SLOW_MS } from "./restaurant.js";
import { openStores, type Stores } from "./stores.js";

let stores: Stores;
let restaurant: Restaurant;
beforeAll(async () => {
  stores = await openStores();
  restaurant = await openRestaurant(stores);
});
afterAll(async () => {
  await restaurant.close();
  await stores.close();
});

async function startDoomed(point: string): Promise<RunningProcess> {
  const doomed = await restaurant.restart();
  await doomed.dieAt(point);
  return doomed;
}

/** Starts it again and again; what recovery meets there kills it. */
async function dieInRecoveryAt(points: readonly string[]): Promise<void> {
  for (const point of points) await restaurant.dieStartingAt(point);
}

async function finish(sale: Sale): Promise<void> {
  const running = await restaurant.restart();
  await restaurant.settle(running, sale);
  await restaurant.check(running);
  await running.end("SIGKILL");
}

describe("dying again while recovering", () => {
  it("places one order through a death at each step, two of them twice", async () => {
    const sale = restaurant.sale("approve");
    const doomed = await startDoomed("saga.after-start");
    await restaurant.send(doomed, sale);
    expect(await dies(doomed)).toBe(true);
    await dieInRecoveryAt([
      "saga.reserve.before-run",
      "saga.reserve.after-run",
      "payments.after-open",
      "payments.after-gateway",
      "payments.after-gateway",
      "payments.after-settle",
      "saga.record.before-run",
      "orders.before-record",
      "orders.after-record",
      "inbox.after-handle",
      "inbox.after-handle",
      "relay.before-archive",
    ]);
    await finish(sale);
  }, 240_000);

  it("gives the money and the stock back through a death at each step of the way back", async () => {
    const sale = restaurant.sale(`slow_${TOO_SLOW_MS}`);
    const [first, ...others] = reversal;
    const doomed = await startDoomed(first);
    const sentAt = Date.now();
    await restaurant.send(doomed, sale); // 202 after a while
    expect(await dies(doomed, TOO_SLOW_MS)).toBe(true);
    // The gateway takes the money after all, while nobody is there to hear it.
    await pause(Math.max(0, sentAt + TOO_SLOW_MS + 1_000 - Date.now()));
    await dieInRecoveryAt([
      ...others.slice(0, 1),
      "payments.after-gateway",
      "payments.after-settle",
      ...others.slice(1),
      "saga.reserve.before-undo",
      "saga.reserve.after-undo",
      "saga.before-roll-back",
      "saga.after-roll-back",
    ]);
    await finish(sale);
  }, 300_000);
});

describe("the same request fifty times at once", () => {
  const fifty = Array.from({ length: 50 }, (_, index) => index);

  it.each(["payments.after-gateway", "orders.after-record"])(
    "is one order with one answer, across a death at %s and after it",
    async (point) => {
      const sale = restaurant.sale("approve");
      const doomed = await startDoomed(point);
      const lost = fifty.map(() => restaurant.send(doomed, sale));
      expect(await dies(doomed)).toBe(true);
      expect(await Promise.all(lost)).not.toContainEqual(expect.objectContaining({ status: 500 }));

      for (let life = 1; life <= 2; life++) {
        const running = await restaurant.restart();
        const answers = await Promise.all(fifty.map(() => restaurant.settle(running, sale)));
        expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
        const other = { ...sale.body, serviceType: "dine-in" };
        expect((await restaurant.till(running).place(other, sale.key)).status).toBe(422);
        await restaurant.check(running);
        await running.end("SIGKILL");
      }
    },
    120_000,
  );

  it("is one order with one answer while a slow gateway is still asked", async () => {
    const sale = restaurant.sale("slow_2000");
    const running = await restaurant.restart();
    const answers = await Promise.all(fifty.map(() => restaurant.settle(running, sale)));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    await restaurant.check(running);
    await running.end("SIGKILL");
  }, 120_000);
});
