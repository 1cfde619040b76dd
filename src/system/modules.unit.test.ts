import { expect, it, vi } from "vitest";
import { createFlow } from "./flow.js";
import { describeSystem, type PictureParts, readCounters } from "./modules.js";

const figures = `# TYPE tiffin_module_calls_total counter
tiffin_module_calls_total{from="orders",to="payments"} 12
tiffin_module_calls_total{from="system",to="payments"} 99
tiffin_events_relayed_total{outbox="orders"} 7
tiffin_events_applied_total{subscription="kitchen.make-tickets"} 6
tiffin_event_lag_seconds_count{publisher="orders",subscription="kitchen.make-tickets"} 5
tiffin_event_lag_seconds_count{publisher="inventory",subscription="kitchen.make-tickets"} 3
process_cpu_seconds_total 1.5
`;

function parts(over: Partial<PictureParts> = {}): PictureParts {
  const flow = createFlow({ counter: vi.fn(), gauge: vi.fn(), histogram: vi.fn() });
  flow.metrics.counter("module_calls_total", { from: "orders", to: "payments" }, 4);
  flow.metrics.counter("events_relayed_total", { outbox: "orders" }, 2);
  const lag = { publisher: "orders", subscription: "kitchen.make-tickets" };
  flow.metrics.histogram("event_lag_seconds", lag, 0.008);
  return {
    manifest: {
      orders: { store: "postgres", calls: ["payments"], hears: [] },
      kitchen: { store: "postgres", calls: [], hears: ["orders"] },
      inventory: { store: "mongodb", calls: [], hears: [] },
    },
    postgres: {
      describe: () =>
        Promise.resolve(
          ["orders", "kitchen"].map((module) => ({
            module,
            role: `tiffin_${module}`,
            tables: [{ name: "things", rows: 3, rights: ["select"] }],
          })),
        ),
      findHoles: () => Promise.resolve([]),
    },
    documents: {
      describe: () => Promise.resolve([{ name: "products", rows: 34 }]),
      findHoles: () => Promise.resolve({ holes: [], notes: [] }),
    },
    metrics: { render: () => Promise.resolve({ contentType: "", text: figures }) },
    flow,
    clock: () => new Date(),
    ...over,
  };
}
const modulesOf = async (over: Partial<PictureParts> = {}) =>
  Object.fromEntries((await describeSystem(parts(over))).modules.map((one) => [one.name, one]));

it("counts what each module called, heard and told, and of whom", async () => {
  const { orders, kitchen, inventory } = await modulesOf();
  expect(orders).toMatchObject({
    owns: "tiffin_orders",
    answers: true,
    tables: [{ name: "things", rows: 3, rights: ["select"] }],
    calls: [{ to: "payments", count: 12, perMinute: 4 }],
    published: { count: 7, perMinute: 2 },
  });
  expect(kitchen).toMatchObject({
    hears: [{ from: "orders", count: 5, perMinute: 1, lagMs: { p50: 8 } }],
    subscriptions: [{ name: "kitchen.make-tickets", applied: 6 }],
    published: { count: 0, perMinute: 0 },
  });
  expect(inventory).toMatchObject({ store: "mongodb", tables: [{ name: "products", rows: 34 }] });
});

it("tells the rest where a store does not answer", async () => {
  const silent = () => Promise.reject(new Error("gone"));
  const { orders, inventory } = await modulesOf({
    documents: { describe: silent, findHoles: silent },
  });
  expect(orders?.answers).toBe(true);
  expect(inventory).toMatchObject({ answers: false, tables: [], owns: "tiffin_inventory" });
  const without = await modulesOf({ postgres: { describe: silent, findHoles: silent } });
  expect(without["orders"]).toMatchObject({ answers: false, calls: [{ count: 12 }] });
  expect(without["inventory"]?.answers).toBe(true);
});

it("reads figures with labels and without", () => {
  expect(readCounters(figures).at(-1)).toEqual({
    name: "process_cpu_seconds_total",
    labels: {},
    value: 1.5,
  });
});
