// What reporting hears: sales and money, which it counts; products and stock, of which it keeps a copy.
// One subscription for orders and payments: the inbox applies one of its batches at a time, in whatever process, so that
// a sale and its payment cannot miss each other.
import { ProductChanged, StockChanged } from "#modules/inventory/events";
import { OrderCancelled, OrderPlaced } from "#modules/orders/events";
import { PaymentCaptured, PaymentRefunded } from "#modules/payments/events";
import { dataIs, dataOf, defineSubscription } from "#platform/outbox";
import { applyProducts, applyStock, bookEvents } from "./commands/book.js";
import type { ReportingDatabase, ReportingTx } from "./schema.js";

const BATCH = 250;

export const subscriptions = (database: ReportingDatabase) => [
  defineSubscription<ReportingTx>({
    name: "reporting.count",
    events: [OrderPlaced, OrderCancelled, PaymentCaptured, PaymentRefunded],
    batchSize: BATCH,
    handle: (events, tx) => bookEvents(database, events, tx),
  }),
  defineSubscription<ReportingTx>({
    name: "reporting.copy-products",
    events: [ProductChanged],
    handle: async (events, tx) => {
      await applyProducts(database, dataOf(ProductChanged, events), tx);
    },
  }),
  defineSubscription<ReportingTx>({
    name: "reporting.copy-stock",
    events: [StockChanged],
    // What is on hand changes when it is sold, or the reservation is released.
    ignores: dataIs(StockChanged, ({ reason }) => reason === "reserved"),
    handle: async (events, tx) => {
      await applyStock(database, dataOf(StockChanged, events), tx);
    },
  }),
];
