// Plays a lunch rush against the running server: several tills, some cards declined, some dishes short.
import { randomUUID } from "node:crypto";
import { readArguments } from "./arguments.js";
import { createProgress } from "./progress.js";
import { printReconciliation, reconcileQuietly } from "./reconciliation.js";
import { type Api, ApiError, createApi } from "./server.js";
import { renderTable } from "./table.js";
import { withServer } from "./with-server.js";

interface Money {
  amount: number;
  currency: string;
}
interface MenuItem {
  productId: string;
  name: { en: string };
  price: Money;
  availability: { status: string; available?: number };
  modifierGroups: { min: number; modifiers: { code: string }[] }[];
}
interface Menu {
  categories: { items: MenuItem[] }[];
}

const TILLS = 6;
/** Half a second apart: longer than an order's deadline. */
const MOST_ATTEMPTS = 80;
const usage = "npm run demo -- [--orders 200] [--tills 6] [--name Cashier --pin 2222]";

const { values } = readArguments(
  {
    options: {
      orders: { type: "string", default: "200" },
      tills: { type: "string", default: String(TILLS) },
      name: { type: "string", default: "Cashier" },
      pin: { type: "string", default: "2222" },
    },
  },
  usage,
);
const count = Number(values.orders);
const tills = Number(values.tills);
if (!Number.isInteger(count) || count < 1 || count > 100_000 || !(tills >= 1 && tills <= 64)) {
  console.error(`--orders takes 1 to 100000 and --tills 1 to 64: ${usage}`);
  process.exit(2);
}

const pick = <T>(list: readonly T[]): T => {
  const one = list[Math.floor(Math.random() * list.length)];
  if (one === undefined)
    throw new Error("The menu is empty: import a restaurant first (npm run import).");
  return one;
};

function cart(items: readonly MenuItem[]) {
  const dishes = new Map<string, MenuItem>();
  const size = 1 + Math.floor(Math.random() * 4);
  for (let line = 0; line < size; line++) {
    const dish = pick(items);
    dishes.set(dish.productId, dish);
  }
  return [...dishes.values()].map((dish) => ({
    id: randomUUID(),
    productId: dish.productId,
    quantity: 1 + Math.floor(Math.random() * 3),
    unitPrice: dish.price,
    modifiers: dish.modifierGroups.flatMap((group) =>
      group.modifiers.slice(0, group.min).map(({ code }) => ({ code })),
    ),
  }));
}

/** One order in twelve is paid with a card that is declined, one in twenty-five asks for more than there is. */
async function placeOne(till: Api, items: readonly MenuItem[]): Promise<string> {
  const lineItems = cart(items);
  const [first] = lineItems;
  const short = Math.random() < 0.04 && items.find((item) => item.productId === first?.productId);
  if (first && short && short.availability.available !== undefined) {
    first.quantity = Math.min(1_000, short.availability.available + 1);
  }
  const serviceType = "takeaway";
  const { totals } = await till.call<{ totals: { total: Money } }>(
    "POST",
    "/api/orders/calculate",
    { serviceType, lineItems },
  );
  const { amount, currency } = totals.total;
  const declined = Math.random() < 0.08;
  const payment =
    declined || Math.random() < 0.3
      ? { method: "card", token: declined ? "sim_decline" : "sim_approve" }
      : { method: "cash", tendered: { amount: Math.ceil(amount / 1000) * 1000, currency } };
  const key = { "idempotency-key": randomUUID() };
  for (let attempt = 1; ; attempt++) {
    try {
      const order = await till.call<{ status: string }>(
        "POST",
        "/api/orders",
        { serviceType, lineItems, payment, expectedTotal: totals.total },
        key,
      );
      if (order.status === "placed" || attempt === MOST_ATTEMPTS) return order.status;
    } catch (error) {
      if (
        error instanceof ApiError &&
        error.status < 500 &&
        error.code !== "idempotency-key-in-use"
      )
        return error.code;
      if (attempt === MOST_ATTEMPTS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const sound = await withServer(async (operator) => {
  const session = await operator
    .call<{ token: string }>("POST", "/api/sessions", { name: values.name, pin: values.pin })
    .catch((error: unknown) => {
      throw new Error(
        `${values.name} could not sign in (${String(error)}). Give --name and --pin of a cashier.`,
      );
    });
  const till = createApi(operator.url, session.token, operator.certPath);
  const results = new Map<string, number>();
  const tookMs: number[] = [];
  const progress = createProgress("Lunch rush", count);
  const started = performance.now();
  let next = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: Math.min(tills, count) }, async () => {
      while (next < count) {
        next += 1;
        const { categories } = await till.call<Menu>("GET", "/api/menu");
        const items = categories.flatMap((category) => category.items);
        const sent = performance.now();
        const result = await placeOne(
          till,
          items.filter((item) => item.availability.status !== "out-of-stock"),
        );
        tookMs.push(performance.now() - sent);
        results.set(result, (results.get(result) ?? 0) + 1);
        done += 1;
        progress.update(done);
      }
    }),
  );
  progress.end();
  const seconds = (performance.now() - started) / 1000;
  const sorted = tookMs.toSorted((a, b) => a - b);
  const quantile = (share: number) =>
    Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  console.log(
    `\n${renderTable(
      ["Result", "Orders"],
      [...results].toSorted(([, a], [, b]) => b - a),
    )}`,
  );
  console.log(
    `\n${count} orders from ${tills} tills in ${seconds.toFixed(1)} s; half within ${quantile(0.5)} ms, 99 of 100 within ${quantile(0.99)} ms.\n`,
  );
  return printReconciliation(await reconcileQuietly(operator, 30_000));
});
process.exitCode = sound ? 0 : 1;
