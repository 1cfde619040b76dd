// Kills the real process with SIGKILL at every commit boundary of placing an order, starts it again on the same folder,
// repeats the request by its key, and lets the books be checked. One folder lives through all the kills.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningProcess } from "../system/process.js";
import { matrix, type Story } from "./points.js";
import { type Kind, openRestaurant, type Restaurant, type Sale } from "./restaurant.js";

const KINDS: Record<Story, readonly Kind[]> = {
  cash: ["cash"],
  approve: ["approve"],
  decline: ["decline"],
  unknown: ["unknown"],
  short: ["short"],
  together: ["cash", "approve", "decline", "unknown"],
};
/** A point that is not met within this time after the orders were sent is never met. */
const DIES_WITHIN_MS = 20_000;

// CRASH_POINTS=saga.after-start,payments. runs the points that begin so.
const only = process.env["CRASH_POINTS"]?.split(",");
const rounds = Object.entries(matrix)
  .flatMap(([point, stories]) => stories.map((story) => ({ point, story })))
  .filter(({ point }) => !only || only.some((prefix) => point.startsWith(prefix)));

let restaurant: Restaurant;
beforeAll(async () => {
  restaurant = await openRestaurant();
});
afterAll(() => restaurant.close());

const dies = async (running: RunningProcess) => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, DIES_WITHIN_MS, false);
  });
  const died = await Promise.race([running.exited.then(() => true), late]);
  clearTimeout(timer);
  return died && running.child.signalCode === "SIGKILL";
};

describe("a process that dies by SIGKILL", () => {
  it.each(rounds)(
    "at $point ($story) places each order once or refuses it",
    async ({ point, story }) => {
      const doomed = await restaurant.start({ TIFFIN_CRASH_AT: point });
      const sales: Sale[] = KINDS[story].map((kind) => restaurant.sale(kind));
      const answers = sales.map((sale) => restaurant.send(doomed, sale));
      const died = await dies(doomed);
      if (!died) await doomed.end("SIGKILL");
      for (const [index, sale] of sales.entries()) sale.answer = await answers[index];

      const running = await restaurant.start();
      for (const sale of sales) await restaurant.settle(running, sale);
      await restaurant.check(running);
      for (const sale of sales) await restaurant.settle(running, sale);
      await running.end("SIGKILL");
      expect(died, `nothing died at ${point}`).toBe(true);
    },
    120_000,
  );
});
