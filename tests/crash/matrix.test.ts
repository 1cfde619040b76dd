// Kills the real process with SIGKILL at every commit boundary of placing an order, starts it again on the same folder,
// repeats the request by its key, and lets the books be checked. One folder lives through all the kills.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Client } from "pg";
import { openDataFolder, startEmbeddedPostgres } from "#platform/embedded";
import { dies } from "./death.js";
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

// Asks the gateway's own memory, which the books never read.
it("has taken from cards exactly what the orders cost", async () => {
  const folder = await openDataFolder(restaurant.folder.dataDir);
  const server = await startEmbeddedPostgres({ folder });
  const client = new Client({ connectionString: server.url });
  try {
    await client.connect();
    const { rows } = await client.query(`select
      (select coalesce(sum(amount - refunded), 0) from payments.simulator_charges where status = 'captured') as taken,
      (select coalesce(sum(total), 0) from orders.orders where payment_method = 'card') as due,
      (select count(*) from payments.simulator_charges where status = 'captured' and amount > refunded) as charges,
      (select count(*) from orders.orders where payment_method = 'card') as orders`);
    const [{ taken, due, charges, orders }] = rows;
    expect(taken).toBe(due);
    expect(charges).toBe(orders);
  } finally {
    await client.end();
    await server.stop();
    await folder.release();
  }
}, 60_000);
