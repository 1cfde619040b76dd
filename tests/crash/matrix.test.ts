// Kills the real process with SIGKILL at every commit boundary of an order's life, starts it again on the same data,
// repeats the request by its key, and checks every invariant. One restaurant lives through all the deaths.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunningProcess } from "../system/process.js";
import { dies } from "./death.js";
import { matrix, type Story } from "./points.js";
import { type Kind, openRestaurant, type Restaurant, type Sale } from "./restaurant.js";
import { openStores, type Stores } from "./stores.js";

const KINDS: Record<Story, readonly Kind[]> = {
  cash: ["cash"],
  approve: ["approve"],
  decline: ["decline"],
  unknown: ["unknown"],
  short: ["short"],
  together: ["cash", "approve", "decline", "unknown"],
};
// CRASH_POINTS=saga.after-start,payments. runs the points that begin so.
const only = process.env["CRASH_POINTS"]?.split(",");
const rounds = Object.entries(matrix)
  .flatMap(([point, stories]) => stories.map((story) => ({ point, story })))
  .filter(({ point }) => !only || only.some((prefix) => point.startsWith(prefix)));
/** Tried again where both databases die and rise with the process. */
const embedded = [
  { point: "saga.after-start", story: "together" },
  { point: "payments.after-gateway", story: "unknown" },
  { point: "orders.after-record", story: "approve" },
  { point: "inventory.after-settle", story: "cash" },
] as const;

let restaurant: Restaurant;
let running: RunningProcess;

async function survives(point: string, story: Story): Promise<void> {
  const doomed = running;
  await doomed.dieAt(point);
  const sales: Sale[] = KINDS[story].map((kind) => restaurant.sale(kind));
  const answers = sales.map((sale) => restaurant.send(doomed, sale));
  const died = await dies(doomed);
  if (!died) await doomed.end("SIGKILL");
  for (const [index, sale] of sales.entries()) sale.answer = await answers[index];

  running = await restaurant.restart();
  for (const sale of sales) await restaurant.settle(running, sale);
  await restaurant.check(running);
  for (const sale of sales) await restaurant.settle(running, sale);
  expect(died, `nothing died at ${point}`).toBe(true);
}

// A round that failed may leave a dead process to the next.
beforeEach(async () => {
  if (running.child.signalCode !== null) running = await restaurant.restart();
});

describe("a process that dies by SIGKILL", () => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await openStores();
    restaurant = await openRestaurant(stores);
    running = await restaurant.start();
  });
  afterAll(async () => {
    await restaurant.close();
    await stores.close();
  });

  it.each(rounds)(
    "at $point ($story) places each order once or refuses it",
    ({ point, story }) => survives(point, story),
    120_000,
  );
});

describe("a process that dies with the databases inside it", () => {
  beforeAll(async () => {
    restaurant = await openRestaurant();
    running = await restaurant.start();
  });
  afterAll(() => restaurant.close());

  it.each(embedded)(
    "at $point ($story) places each order once or refuses it",
    ({ point, story }) => survives(point, story),
    120_000,
  );
});
