// Killed in the middle of a rebuild, while orders come in: the reports stay as they were, never half, and a second run
// ends with identical figures. Run as people run it: npm run rebuild -- reporting.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProcessFolder, type ProcessFolder, type RunningProcess } from "../system/process.js";
import { eventually, line, order, type Till } from "../system/tiffin.js";
import { dies } from "./death.js";
import { rebuilding } from "./points.js";

const COMMAND = ["src/cli/rebuild.ts", "reporting"];
const KINDS = ["date", "hour", "dish", "category", "method", "server", "service-type"];

let folder: ProcessFolder;
let placed = 0;
beforeAll(async () => {
  folder = await createProcessFolder({ compiled: true });
});
afterAll(() => folder?.remove());

async function office(running: RunningProcess): Promise<{ cashier: Till; manager: Till }> {
  return {
    cashier: await running.signIn("Cashier", "2222"),
    manager: await running.signIn("Manager", "1111"),
  };
}

async function sell(cashier: Till, count: number): Promise<void> {
  const water = await cashier.dish("WTR-01");
  for (let n = 0; n < count; n++) {
    const answer = await cashier.place(order([line(water, 2)])).catch(() => undefined);
    if (answer?.status === 201) placed += 1;
  }
}

/** Once every order that was answered is counted. */
async function figures(manager: Till): Promise<string> {
  await eventually(
    async () => (await manager.get("/api/system/reconciliation")).body,
    ({ quiet, reservations }) => quiet && reservations === 0,
  );
  const reports = [];
  for (const by of KINDS) reports.push((await manager.get(`/api/reports/sales?by=${by}`)).body);
  reports.push((await manager.get("/api/reports/orders?limit=100")).body);
  return JSON.stringify(reports);
}
const ordersIn = (text: string): number =>
  (JSON.parse(text) as { totals: { orders: number } }[])[0]?.totals.orders ?? 0;

describe("a rebuild", () => {
  it.each(rebuilding)("survives kill -9 at %s", async (point) => {
    const doomed = await folder.start({ TIFFIN_CRASH_AT: point });
    const before = await office(doomed);
    await sell(before.cashier, 10);
    const counted = await figures(before.manager);
    const [outcome] = await Promise.all([
      folder.run({}, ...COMMAND),
      sell(before.cashier, 200).catch(() => undefined), // until it dies
    ]);
    expect(await dies(doomed)).toBe(true);
    expect(outcome, outcome.output).toMatchObject({
      code: 1,
      output: expect.stringContaining("The figures from before are still in use"),
    });

    const running = await folder.start();
    const { cashier, manager } = await office(running);
    const after = await figures(manager);
    const { body: orders } = await manager.get("/api/system/reconciliation");
    expect(ordersIn(after)).toBe(orders.orders);
    expect(ordersIn(after)).toBeGreaterThanOrEqual(placed);
    expect(ordersIn(after)).toBeGreaterThanOrEqual(ordersIn(counted));
    const { status } = (await manager.get("/api/reports/rebuild")).body;
    expect(status).toBe(point === "reporting.after-swap" ? "done" : "interrupted");

    const [again] = await Promise.all([folder.run({}, ...COMMAND), sell(cashier, 10)]);
    expect(again, again.output).toMatchObject({ code: 0 });
    expect(again.output).toContain("every figure is the same as before");
    const last = await figures(manager);
    const third = await folder.run({}, ...COMMAND);
    expect(third.output).toContain("every figure is the same as before");
    expect(await figures(manager)).toBe(last);
    await running.end("SIGTERM");
  });
});
