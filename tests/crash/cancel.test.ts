// Kills the real process with SIGKILL at every commit boundary of cancelling an order, and starts it again on the same
// data. Each order is cancelled once: its money back once, its food back or wasted once, whoever asks again.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunningProcess } from "../system/process.js";
import { dies } from "./death.js";
import { cancellation } from "./points.js";
import { type Kind, openRestaurant, type Restaurant, type Sale } from "./restaurant.js";
import { openStores, type Stores } from "./stores.js";

let stores: Stores;
let restaurant: Restaurant;
let running: RunningProcess;
beforeAll(async () => {
  stores = await openStores();
  restaurant = await openRestaurant(stores);
  running = await restaurant.start();
});
afterAll(async () => {
  await restaurant.close();
  await stores.close();
});
// A round that failed may leave a dead process to the next.
beforeEach(async () => {
  if (running.child.signalCode !== null) running = await restaurant.restart();
});

const KINDS: readonly Kind[] = ["cash", "approve", "refund-unknown"];
/** Cash goes back in the transaction that holds it, without asking a gateway. */
const CARD_ONLY = ["payments.after-gateway-refund", "payments.after-settle-refund"];
const outcome = (index: number) => (index % 2 === 0 ? "restock" : "waste");
const told: { sale: Sale; stock: "restock" | "waste"; body: unknown }[] = [];

describe("a process that dies by SIGKILL while it cancels", () => {
  it.each(cancellation)("at %s gives everything back once", async (point) => {
    const kinds = CARD_ONLY.includes(point) ? KINDS.filter((kind) => kind !== "cash") : KINDS;
    const doomed = running;
    const sales = kinds.map((kind) => restaurant.sale(kind));
    for (const sale of sales) await restaurant.settle(doomed, sale);
    await doomed.dieAt(point);
    const lost = sales.map((sale, index) => restaurant.cancel(doomed, sale, outcome(index)));
    const died = await dies(doomed);
    if (!died) await doomed.end("SIGKILL");
    await Promise.all(lost);

    running = await restaurant.restart();
    for (const [index, sale] of sales.entries()) {
      const stock = outcome(index);
      told.push({ sale, stock, body: (await restaurant.settleCancel(running, sale, stock)).body });
    }
    await restaurant.check(running);
    expect(died, `nothing died at ${point}`).toBe(true);
  });

  it("tells the same to whoever asks again, another start later", async () => {
    await running.end("SIGKILL");
    running = await restaurant.restart();
    for (const { sale, stock, body } of told) {
      expect((await restaurant.settleCancel(running, sale, stock)).body).toEqual(body);
    }
    await restaurant.check(running);
  });

  it("recovers an order that dies again at each step of its cancellation", async () => {
    const sale = restaurant.sale("approve");
    // What recovery does not pass again: a step that was committed already is not run again.
    const once = ["saga.cancel.after-run", "saga.settle.after-run", "inventory.after-take-back"];
    const [first = "", ...others] = cancellation.filter((point) => !once.includes(point));
    await restaurant.settle(running, sale);
    await running.dieAt(first);
    await restaurant.cancel(running, sale, "waste");
    expect(await dies(running)).toBe(true);
    for (const point of others) await restaurant.dieStartingAt(point);
    running = await restaurant.restart();
    await restaurant.settleCancel(running, sale, "waste");
    await restaurant.check(running);
  });
});
