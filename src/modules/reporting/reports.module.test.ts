// The figures, against a plain recomputation from the same events; and the rules for what counts when.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProductChanged, StockChanged } from "#modules/inventory/events";
import type { EventEnvelope } from "#platform/kernel";
import {
  amountsOf,
  cancelled,
  captured,
  clock,
  dish,
  empty,
  mmk,
  mohinga,
  openReporting,
  placed,
  refunded,
  sale,
  type Sale,
  setNow,
  tea,
  test,
  useReporting,
} from "./testing.js";

useReporting();

const DAYS = ["2026-11-21", "2026-11-22", "2026-11-23"] as const;
const RANGE = { from: DAYS[0], to: DAYS[2] };
/** At this hour of the trading day: 4 is its first, 3 its last. */
const instant = (day: string, hour: number, minute = 0) => {
  const local =
    Date.parse(`${day}T00:00:00Z`) + ((hour < 4 ? hour + 24 : hour) * 60 + minute) * 60_000;
  return new Date(local - 390 * 60_000).toISOString();
};

const dishes = [mohinga, tea, dish("Samusa", "snacks", 800), dish("Water", "drinks", 500)];
const aSale = fc
  .record({
    day: fc.constantFrom(...DAYS),
    hour: fc.integer({ min: 0, max: 23 }),
    server: fc.constantFrom("Aye", "Bo", "Cho"),
    serviceType: fc.constantFrom("dine-in" as const, "takeaway" as const),
    method: fc.constantFrom("cash" as const, "card" as const),
    lines: fc.array(
      fc.record({ dish: fc.constantFrom(...dishes), quantity: fc.integer({ min: 1, max: 5 }) }),
      { minLength: 1, maxLength: 4 },
    ),
    /** Days later, and the hour; or never. */
    cancelled: fc.option(
      fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 4, max: 23 })),
      {
        freq: 3,
      },
    ),
    /** A refund that is no cancellation, in percent. */
    refunded: fc.option(fc.integer({ min: 1, max: 99 }), { freq: 4 }),
    paidFirst: fc.boolean(),
  })
  .map(({ day, hour, cancelled: cancelling, ...rest }) => {
    const laterDay = DAYS[Math.min(2, DAYS.indexOf(day) + (cancelling?.[0] ?? 0))] ?? day;
    return {
      ...rest,
      sale: sale({ ...rest, businessDate: day, placedAt: instant(day, hour) }),
      hour,
      cancel: cancelling && { day: laterDay, hour: cancelling[1] },
      refundDay: laterDay,
    };
  });
type Story = typeof aSale extends fc.Arbitrary<infer T> ? T : never;

function eventsOf({ sale: one, cancel, refunded: percent, paidFirst, refundDay }: Story) {
  const money = captured(one);
  const events: EventEnvelope[] = paidFirst ? [money, placed(one)] : [placed(one), money];
  const { total } = amountsOf(one);
  const some = Math.floor((total * (percent ?? 0)) / 100);
  if (some > 0) events.push(refunded(one, some, instant(refundDay, 23)));
  if (cancel) {
    const at = instant(cancel.day, cancel.hour);
    events.push(refunded(one, total - some, at), cancelled(one, cancel.day, at));
  }
  return events;
}

/** Lines sold less lines cancelled, by whatever the entry is about. */
function netBy(stories: readonly Story[], keyOf: (entry: Entry) => string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const entry of stories.flatMap(entriesOf)) {
    sums[keyOf(entry)] = (sums[keyOf(entry)] ?? 0) + entry.amount;
  }
  return sums;
}
interface Entry {
  readonly day: string;
  readonly hour: number;
  readonly sale: Sale;
  readonly line: Sale["lines"][number];
  readonly amount: number;
}
const entriesOf = ({ sale: one, hour, cancel }: Story): Entry[] =>
  one.lines.flatMap((line) => {
    const amount = line.dish.price * line.quantity;
    const sold = { day: one.businessDate, hour, sale: one, line, amount };
    return cancel ? [sold, { ...sold, ...cancel, amount: -amount }] : [sold];
  });

const amount = (rows: readonly { net: { amount: number } }[], keyOf: (row: never) => string) =>
  Object.fromEntries(rows.map((row) => [keyOf(row as never), row.net.amount]));

describe("Invariant 18", () => {
  it("net sales by date = by hour = by dish = by category = by server = Σ lines; by method = Σ payments − refunds", async () => {
    const { count, face } = openReporting();
    await fc.assert(
      fc.asyncProperty(
        fc.array(aSale, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 30 }),
        async (stories, batchSize) => {
          await empty();
          // Interleaved as the stories' own order allows, in batches of any size, and once more from the start.
          const events = interleave(stories.map(eventsOf));
          for (let at = 0; at < events.length; at += batchSize) {
            await count(events.slice(at, at + batchSize));
          }
          await count(events);

          const by = async <By extends Parameters<typeof face.sales>[0]["by"]>(kind: By) => {
            const report = await face.sales({ ...RANGE, by: kind });
            return report as Extract<typeof report, { by: By }>;
          };
          const date = await by("date");
          expect(amount(date.rows, (row: { businessDate: string }) => row.businessDate)).toEqual(
            netBy(stories, (entry) => entry.day),
          );
          const hour = await by("hour");
          expect(amount(hour.rows, (row: { hour: number }) => String(row.hour))).toEqual(
            netBy(stories, (entry) => String(entry.hour)),
          );
          const dishReport = await by("dish");
          expect(amount(dishReport.rows, (row: { productId: string }) => row.productId)).toEqual(
            netBy(stories, (entry) => entry.line.dish.productId),
          );
          const category = await by("category");
          expect(amount(category.rows, (row: { category: string }) => row.category)).toEqual(
            netBy(stories, (entry) => entry.line.dish.category),
          );
          const server = await by("server");
          expect(amount(server.rows, (row: { server: { id: string } }) => row.server.id)).toEqual(
            netBy(stories, (entry) => entry.sale.server),
          );
          const type = await by("service-type");
          expect(amount(type.rows, (row: { serviceType: string }) => row.serviceType)).toEqual(
            netBy(stories, (entry) => entry.sale.serviceType),
          );
          const net = stories.flatMap(entriesOf).reduce((sum, entry) => sum + entry.amount, 0);
          for (const { totals } of [date, hour, dishReport, category, server, type]) {
            expect(totals.net.amount).toBe(net);
          }
          const { totals } = date;
          expect(totals).toMatchObject({
            orders: stories.length,
            cancelledOrders: stories.filter((story) => story.cancel).length,
            late: {
              orders: stories.filter((one) => one.cancel && one.cancel.day > one.sale.businessDate)
                .length,
            },
            total: mmk(
              stories.reduce((sum, one) => sum + (one.cancel ? 0 : amountsOf(one.sale).total), 0),
            ),
          });
          expect(totals.total.amount).toBe(
            totals.net.amount -
              totals.discount.amount +
              totals.serviceCharge.amount +
              totals.tax.amount,
          );

          const method = await by("method");
          const paid: Record<string, number> = {};
          for (const { sale: one, cancel, refunded: percent } of stories) {
            const { total } = amountsOf(one);
            const back = cancel ? total : Math.floor((total * (percent ?? 0)) / 100);
            paid[one.method] = (paid[one.method] ?? 0) + total - back;
          }
          expect(amount(method.rows, (row: { method: string }) => row.method)).toEqual(paid);
          expect(method.withoutSale).toEqual(mmk(0));
        },
      ),
      { numRuns: 25 },
    );
  });
});

/** Round robin: keeps the order within each list. */
function interleave<T>(lists: readonly T[][]): T[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list.slice(index, index + 1)),
  ).flat();
}

describe("A report", () => {
  it("never changes a day that is over: a later cancellation counts on its own day, visibly", async () => {
    const { count, face } = openReporting();
    const one = sale({ businessDate: DAYS[0], placedAt: instant(DAYS[0], 12) });
    await count([placed(one), captured(one)]);
    const closed = await face.sales({ from: DAYS[0], by: "date" });
    const at = instant(DAYS[2], 9);
    await count([refunded(one, amountsOf(one).total, at), cancelled(one, DAYS[2], at)]);
    expect(await face.sales({ from: DAYS[0], by: "date" })).toEqual(closed);
    const later = await face.sales({ to: DAYS[2], by: "date" });
    expect(later).toMatchObject({ from: DAYS[2], to: DAYS[2] });
    expect(later.rows).toMatchObject([
      {
        businessDate: DAYS[2],
        orders: 0,
        cancelledOrders: 1,
        cancelled: mmk(7_000),
        late: { orders: 1, amount: mmk(7_000) },
        net: mmk(-7_000),
        total: mmk(-7_350),
      },
    ]);
    expect((await face.sales({ from: DAYS[2], by: "method" })).rows).toMatchObject([
      { method: "cash", payments: 0, refunds: 1, refunded: mmk(7_350), net: mmk(-7_350) },
    ]);
  });

  it("takes a cancellation off the hour that the clock showed then: summer time may have ended", async () => {
    const { count, face } = openReporting();
    const one = sale({ businessDate: DAYS[0], placedAt: instant(DAYS[0], 12) });
    const winter = { ...clock, utcOffsetMinutes: clock.utcOffsetMinutes - 60 };
    await count([placed(one), cancelled(one, DAYS[2], instant(DAYS[2], 9), winter)]);
    const { rows } = await face.sales({ from: DAYS[2], by: "hour" });
    expect(rows).toMatchObject([{ hour: 8, cancelledOrders: 1 }]);
  });

  it("keeps a dish's old name in old days, and shows the newest of the range", async () => {
    const { count, face } = openReporting();
    const renamed = { ...mohinga, name: { en: "Mohinga, large", my: "မုန့်ဟင်းခါး" } };
    await count([
      placed(sale({ businessDate: DAYS[0] })),
      placed(sale({ businessDate: DAYS[2], lines: [{ dish: renamed, quantity: 1 }] })),
    ]);
    const names = async (from: string, to: string) =>
      (await face.sales({ from, to, by: "dish" })).rows.map((row) => "name" in row && row.name);
    expect(await names(DAYS[0], DAYS[0])).toEqual([{ en: "Mohinga", my: "မုန့်ဟင်းခါး" }]);
    expect(await names(DAYS[0], DAYS[2])).toEqual([renamed.name]);
  });

  it("sorts hours as the trading day goes, and tells today from the newest sale's clock", async () => {
    const { count, face } = openReporting();
    expect(await face.today()).toMatchObject({
      totals: { orders: 0, total: { amount: 0, currency: "XXX" } },
    });
    await count(
      [4, 23, 1, 3].map((hour) =>
        placed(sale({ businessDate: DAYS[2], placedAt: instant(DAYS[2], hour, 59) })),
      ),
    );
    setNow(instant(DAYS[2], 3, 30));
    const today = await face.today();
    expect(today).toMatchObject({
      businessDate: DAYS[2],
      totals: { orders: 4, average: mmk(7_350) },
      dishes: [{ productId: mohinga.productId, quantity: 8, net: mmk(28_000) }],
    });
    expect(today.hours.map((row) => row.hour)).toEqual([4, 23, 1, 3]);
    setNow(instant("2026-11-24", 4));
    expect(await face.today()).toMatchObject({ businessDate: "2026-11-24", totals: { orders: 0 } });
  });

  it("keeps apart money without an order until it is given back", async () => {
    const { count, face } = openReporting();
    const never = sale({ method: "card" });
    await count([captured(never, 5_000)]);
    expect(await face.sales({ by: "method" })).toMatchObject({ rows: [], withoutSale: mmk(5_000) });
    await count([refunded(never, 5_000, never.placedAt)]);
    expect(await face.sales({ by: "method" })).toMatchObject({ rows: [], withoutSale: mmk(0) });
  });

  it("refuses a second currency and a cancellation without its sale, and counts nothing of the batch", async () => {
    const { count, face } = openReporting();
    await count([placed(sale())]);
    const dollars = captured(sale());
    (dollars.data as { amount: object }).amount = { amount: 5, currency: "USD" };
    await expect(count([placed(sale()), dollars])).rejects.toThrow("kept in MMK");
    const unknown = sale();
    const late = cancelled(unknown, "2026-11-23", unknown.placedAt);
    await expect(count([placed(sale()), late])).rejects.toThrow(
      `order ${unknown.number} was never`,
    );
    expect((await face.sales({ from: DAYS[2], by: "date" })).totals).toMatchObject({ orders: 1 });
    await count([placed(unknown), late]);
    expect((await face.sales({ from: DAYS[2], by: "date" })).totals).toMatchObject({
      orders: 2,
      cancelledOrders: 1,
    });
  });

  it("refuses a range that runs backwards or is too long", async () => {
    const { face } = openReporting();
    const code = { code: "INVALID_INPUT" };
    await expect(face.sales({ from: DAYS[2], to: DAYS[0], by: "date" })).rejects.toMatchObject(
      code,
    );
    await expect(face.sales({ from: "1990-01-01", to: DAYS[0], by: "date" })).rejects.toMatchObject(
      code,
    );
    await expect(face.orders({ from: DAYS[2], to: DAYS[0] })).rejects.toMatchObject(code);
  });
});

describe("The orders behind a figure", () => {
  it("sum up to it, page by page, whatever it is by", async () => {
    const { count, face } = openReporting();
    const stories = fc.sample(aSale, { numRuns: 40, seed: 7 });
    await count(interleave(stories.map(eventsOf)));
    type Asked = Omit<Parameters<typeof face.orders>[0], "limit" | "cursor">;
    const sumOf = async (asked: Asked) => {
      let sum = 0;
      const seen = new Set<string>();
      let cursor: string | null | undefined;
      do {
        const page = await face.orders({ ...asked, limit: 7, ...(cursor && { cursor }) });
        for (const item of page.items) {
          sum += item.amount.amount;
          seen.add(`${item.orderId} ${item.kind}`);
        }
        cursor = page.nextCursor;
      } while (cursor);
      return { sum, entries: seen.size };
    };
    const all = await sumOf(RANGE);
    expect(all.entries).toBe(40 + stories.filter((story) => story.cancel).length);
    for (const by of ["date", "hour", "server", "service-type", "dish", "category"] as const) {
      const report = await face.sales({ ...RANGE, by });
      expect(report.totals).toMatchObject({ net: mmk(all.sum) });
      for (const row of report.rows) {
        const asked: Asked =
          "businessDate" in row ? { businessDate: row.businessDate } : { ...RANGE };
        if ("hour" in row) asked.hour = row.hour;
        if ("server" in row) asked.server = row.server.id;
        if ("serviceType" in row) asked.serviceType = row.serviceType;
        if ("productId" in row) asked.dish = row.productId;
        else if ("category" in row) asked.category = row.category;
        expect([by, (await sumOf(asked)).sum]).toEqual([by, "net" in row && row.net.amount]);
      }
    }
    const methods = await face.sales({ ...RANGE, by: "method" });
    for (const row of methods.rows) {
      const method = "method" in row ? row.method : expect.unreachable();
      const { items, nextCursor } = await face.payments({ ...RANGE, method, limit: 100 });
      expect(nextCursor).toBeNull();
      expect(items.reduce((sum, item) => sum + item.amount.amount, 0)).toBe(
        "net" in row && row.net.amount,
      );
    }
  });

  it("show a cancellation with its reason and the day of the sale", async () => {
    const { count, face } = openReporting();
    const one = sale({ businessDate: DAYS[0], placedAt: instant(DAYS[0], 12) });
    await count([placed(one), cancelled(one, DAYS[2], instant(DAYS[2], 9))]);
    const { items } = await face.orders({});
    expect(items).toMatchObject([
      {
        kind: "cancellation",
        businessDate: DAYS[2],
        soldOn: DAYS[0],
        reason: "The guest left",
        amount: mmk(-7_000),
        total: mmk(-7_350),
      },
      { kind: "sale", businessDate: DAYS[0], amount: mmk(7_000), server: { name: "Cashier" } },
    ]);
  });
});

describe("Stock", () => {
  const product = (over: object) => ({
    productId: mohinga.productId,
    sku: "MOH-01",
    name: mohinga.name,
    price: mmk(3_500),
    tracked: true,
    archived: false,
    lowStockAt: 5,
    version: 1,
    ...over,
  });
  const level = (productId: string, onHand: number, stockVersion: number) =>
    StockChanged.create({
      productId,
      change: { onHand: 0, reserved: 0, available: 0 },
      reason: "received",
      reference: null,
      actor: "Manager",
      level: { tracked: true, onHand, reserved: 1, available: onHand - 1, stockVersion },
    });

  it("is worth its level at its price, by the newest versions, and what runs low comes first", async () => {
    const { hear, face } = openReporting();
    await hear("reporting.copy-stock", [
      level(tea.productId, 10, 2),
      level(mohinga.productId, 4, 9),
    ]);
    await hear("reporting.copy-products", [
      ProductChanged.create(product({ version: 2 })),
      ProductChanged.create(product({ price: mmk(1), version: 1 })),
      ProductChanged.create(product({ productId: tea.productId, sku: "A-01", price: mmk(1_500) })),
    ]);
    await hear("reporting.copy-stock", [level(tea.productId, 99, 1)]);
    const stock = await face.stock({});
    expect(stock).toMatchObject({ value: mmk(4 * 3_500 + 10 * 1_500), low: 1, soldOut: 0 });
    expect(stock.items).toMatchObject([
      { sku: "MOH-01", onHand: 4, available: 3, low: true, value: mmk(14_000) },
      { sku: "A-01", onHand: 10, low: false },
    ]);
    expect((await face.stock({ low: true })).items).toHaveLength(1);
    expect((await face.today()).stock).toEqual({ low: 1, soldOut: 0 });
    await hear("reporting.copy-products", [
      ProductChanged.create(product({ archived: true, version: 3 })),
    ]);
    expect((await face.stock({})).items).toMatchObject([{ sku: "A-01" }]);
  });
});

it("holds no right to change or drop what it counted", async () => {
  for (const statement of [
    "update journal set name = ''",
    "delete from journal",
    "insert into books default values",
    "delete from books",
    "delete from builds",
  ]) {
    await expect(test.database.run({ name: "", text: statement }, [])).rejects.toMatchObject({
      code: "42501",
    });
  }
  await expect(
    test.database.run({ name: "", text: "select empty_model(0::smallint)" }, []),
  ).rejects.toThrow("is in use");
});
