// Figures as answers: rows become money, totals and names.
import { money, sum } from "#platform/kernel";
import type { SalesFigures, SalesReport, Stock, Today } from "../contract.js";
import {
  type DishRow,
  type Heading,
  type MoneyRow,
  type Range,
  readByCategory,
  readByDate,
  readByDish,
  readByHour,
  readByMethod,
  readByServer,
  readByServiceType,
  readStock,
  readToday,
  type Report,
  type SalesRow,
  type SalesSums,
} from "../repository/reports.js";
import { average, byTradingHour } from "../rules.js";
import type { ReportingDatabase } from "../schema.js";
import { type In, inCurrency, NO_CURRENCY } from "./currency.js";

function salesFigures(row: SalesSums, of: In): SalesFigures {
  return {
    orders: row.orders,
    cancelledOrders: row.cancelledOrders,
    sales: of(row.sales),
    cancelled: of(row.cancelled),
    net: of(row.sales - row.cancelled),
    late: { orders: row.lateOrders, amount: of(row.late) },
    discount: of(row.discount),
    serviceCharge: of(row.serviceCharge),
    tax: of(row.tax),
    taxIncluded: of(row.taxIncluded),
    rounding: of(row.rounding),
    total: of(row.total),
    average: of(average(row.soldTotal, row.orders)),
  };
}
const dishFigures = (row: Omit<DishRow, "key" | "name">, of: In) => ({
  quantity: row.quantity,
  cancelledQuantity: row.cancelledQuantity,
  sales: of(row.sales),
  cancelled: of(row.cancelled),
  net: of(row.sales - row.cancelled),
});
const moneyFigures = (row: Omit<MoneyRow, "key">, of: In) => ({
  payments: row.payments,
  refunds: row.refunds,
  captured: of(row.captured),
  refunded: of(row.refunded),
  net: of(row.captured - row.refunded),
});

const SALES_SUMS = [
  "orders",
  "cancelledOrders",
  "lateOrders",
  "sales",
  "cancelled",
  "late",
  "discount",
  "serviceCharge",
  "tax",
  "taxIncluded",
  "rounding",
  "total",
  "soldTotal",
] as const;
const DISH_SUMS = ["quantity", "cancelledQuantity", "sales", "cancelled"] as const;
const MONEY_SUMS = ["payments", "refunds", "captured", "refunded"] as const;

const totalOf = <Name extends string>(
  rows: readonly Readonly<Record<Name, number>>[],
  names: readonly Name[],
): Record<Name, number> =>
  Object.fromEntries(names.map((name) => [name, sum(rows.map((row) => row[name]))])) as Record<
    Name,
    number
  >;

/** The heading and the rows that have figures. */
function open<Row extends { readonly key: string }>(report: Report<Row>) {
  const [heading] = report;
  if (!heading) throw new Error("A report has a heading");
  const { from, to, startHour, currency } = heading;
  const rows = report.filter((row): row is Heading & Row => row.key !== null);
  return { range: { from, to }, startHour, rows, of: inCurrency(currency) };
}

type By = SalesReport["by"];
const BY_SALES = {
  hour: readByHour,
  date: readByDate,
  server: readByServer,
  "service-type": readByServiceType,
};
const isBySales = (by: By): by is keyof typeof BY_SALES => by in BY_SALES;

/** One statement, whatever it is by. */
export async function reportSales(
  database: ReportingDatabase,
  by: By,
  asked: Range,
): Promise<SalesReport> {
  if (isBySales(by)) {
    const { range, startHour, rows, of } = open<SalesRow>(await BY_SALES[by](database, asked));
    const totals = salesFigures(totalOf(rows, SALES_SUMS), of);
    const figures = (row: SalesRow) => salesFigures(row, of);
    switch (by) {
      case "date":
        return {
          ...range,
          by,
          totals,
          rows: rows.map((row) => ({ businessDate: row.key, ...figures(row) })),
        };
      case "hour":
        return { ...range, by, totals, rows: hourRows(rows, startHour, of) };
      case "server":
        return {
          ...range,
          by,
          totals,
          rows: rows.map((row) => ({ server: { id: row.key, name: row.name }, ...figures(row) })),
        };
      default:
        return {
          ...range,
          by,
          totals,
          rows: rows.map((row) => ({ serviceType: row.key as "takeaway", ...figures(row) })),
        };
    }
  }
  switch (by) {
    case "method": {
      const report = await readByMethod(database, asked);
      const { range, rows, of } = open<MoneyRow>(report);
      const totals = moneyFigures(totalOf(rows, MONEY_SUMS), of);
      const withoutSale = of(report[0]?.withoutSale ?? 0);
      return { ...range, by, totals, withoutSale, rows: methodRows(rows, of) };
    }
    case "dish": {
      const { range, rows, of } = open<DishRow>(await readByDish(database, asked));
      return {
        ...range,
        by,
        totals: dishFigures(totalOf(rows, DISH_SUMS), of),
        rows: dishRows(rows, of),
      };
    }
    case "category": {
      const { range, rows, of } = open<DishRow>(await readByCategory(database, asked));
      return {
        ...range,
        by,
        totals: dishFigures(totalOf(rows, DISH_SUMS), of),
        rows: rows.map((row) => ({ category: row.key, name: row.name, ...dishFigures(row, of) })),
      };
    }
  }
}

const hourRows = (rows: readonly SalesRow[], startHour: number, of: In) =>
  rows
    .toSorted(byTradingHour(startHour))
    .map((row) => ({ hour: Number(row.key), ...salesFigures(row, of) }));
const dishRows = (rows: readonly DishRow[], of: In) =>
  rows.map((row) => ({
    productId: row.key,
    sku: row.sku ?? "",
    name: row.name,
    category: row.category ?? "",
    ...dishFigures(row, of),
  }));
const methodRows = (rows: readonly MoneyRow[], of: In) =>
  rows.map((row) => ({ method: row.key as "cash", ...moneyFigures(row, of) }));

export async function reportToday(database: ReportingDatabase, now: Date): Promise<Today> {
  const today = await readToday(database, now);
  if (!today) throw new Error("A report has a heading");
  const of = inCurrency(today.currency);
  return {
    businessDate: today.from,
    totals: salesFigures(totalOf(today.hours, SALES_SUMS), of),
    hours: hourRows(today.hours, today.startHour, of),
    dishes: dishRows(today.dishes, of),
    methods: methodRows(today.methods, of),
    stock: { low: today.lowStock, soldOut: today.soldOut },
  };
}

export async function reportStock(database: ReportingDatabase, onlyLow: boolean): Promise<Stock> {
  const rows = await readStock(database);
  const items = rows.map(({ price, currency, ...row }) => ({
    ...row,
    price: money(price, currency),
    low: row.lowStockAt !== null && row.available <= row.lowStockAt,
    value: money(row.onHand * price, currency),
  }));
  return {
    value: money(sum(items.map((item) => item.value.amount)), rows[0]?.currency ?? NO_CURRENCY),
    low: items.filter((item) => item.low).length,
    soldOut: items.filter((item) => item.available === 0).length,
    items: onlyLow ? items.filter((item) => item.low) : items,
  };
}
