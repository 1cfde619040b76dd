// Kills the real process with SIGKILL at every commit boundary of cancelling an order, and starts it again on the same
// folder. Each order is cancelled once: its money back once, its food back or wasted once, whoever asks again.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dies } from "./death.js";
import { cancellation } from "./points.js";
import { type Kind, openRestaurant, type Restaurant } from "./restaurant.js";

let restaurant: Restaurant;
beforeAll(async () => {
  restaurant = await openRestaurant();
});
afterAll(() => restaurant.close());

const KINDS: readonly Kind[] = ["cash", "approve", "refund-unknown"];
/** Cash goes back in the transaction that holds it, without asking a gateway. */
const CARD_ONLY = ["payments.after-gateway-refund", "payments.after-settle-refund"];

describe("a process that dies by SIGKILL while it cancels", () => {
  it.each(cancellation)("at %s gives everything back once", async (point) => {
    const kinds = CARD_ONLY.includes(point) ? KINDS.filter((kind) => kind !== "cash") : KINDS;
    const doomed = await restaurant.start({ TIFFIN_CRASH_AT: point });
    const sales = kinds.map((kind) => restaurant.sale(kind));
    for (const sale of sales) await restaurant.settle(doomed, sale);
    const outcome = (index: number) => (index % 2 === 0 ? "restock" : "waste");
    const lost = sales.map((sale, index) => restaurant.cancel(doomed, sale, outcome(index)));
    const died = await dies(doomed);
    if (!died) await doomed.end("SIGKILL");
    await Promise.all(lost);

    const running = await restaurant.start();
    const told = [];
    for (const [index, sale] of sales.entries()) {
      told.push((await restaurant.settleCancel(running, sale, outcome(index))).body);
    }
    await restaurant.check(running);
    await running.end("SIGKILL");
    const later = await restaurant.start();
    for (const [index, sale] of sales.entries()) {
      const again = await restaurant.settleCancel(later, sale, outcome(index));
      expect(again.body).toEqual(told[index]);
    }
    await restaurant.check(later);
    await later.end("SIGKILL");
    expect(died, `nothing died at ${point}`).toBe(true);
  });

  it("recovers an order that dies again at each step of its cancellation", async () => {
    const sale = restaurant.sale("approve");
    // What recovery does not pass again: a step that was committed already is not run again.
    const once = ["saga.cancel.after-run", "saga.settle.after-run", "inventory.after-take-back"];
    const [first = "", ...others] = cancellation.filter((point) => !once.includes(point));
    const doomed = await restaurant.start({ TIFFIN_CRASH_AT: first });
    await restaurant.settle(doomed, sale);
    await restaurant.cancel(doomed, sale, "waste");
    expect(await dies(doomed)).toBe(true);
    for (const point of others) {
      const { code, output } = await restaurant.folder.run({ TIFFIN_CRASH_AT: point });
      expect(code, `ended by itself before ${point}:\n${output}`).toBeNull();
    }
    const running = await restaurant.start();
    await restaurant.settleCancel(running, sale, "waste");
    await restaurant.check(running);
    await running.end("SIGKILL");
  });
});
