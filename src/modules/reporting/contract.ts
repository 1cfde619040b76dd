// The face of reporting: what was sold, what is in stock, the orders behind each figure, and the rebuilding of all that.
// Figures are of trading days (business dates). A cancellation counts on the day on which it was made, so that a day
// that is over never changes.
import { z } from "zod";
import { page, pageQuery, queryBoolean, queryInteger, route } from "#platform/contract";
import { CalendarDate, LocalizedText, Money, Uuid } from "#platform/kernel";

const ServiceType = z.enum(["dine-in", "takeaway"]);
const Method = z.enum(["cash", "card"]);
const Person = z.object({ id: z.string(), name: z.string() });

export const SalesFigures = z.object({
  orders: z.int().meta({ description: "Orders placed" }),
  cancelledOrders: z.int().meta({ description: "Orders cancelled, whenever they were placed" }),
  sales: Money.meta({ description: "Sum of the lines of the orders placed" }),
  cancelled: Money.meta({ description: "Sum of the lines of the orders cancelled" }),
  net: Money.meta({ description: "sales − cancelled" }),
  late: z.object({ orders: z.int(), amount: Money }).meta({
    description: "The part of `cancelled` that was sold on an earlier trading day",
  }),
  discount: Money,
  serviceCharge: Money,
  tax: Money.meta({ description: "Added on top of the lines" }),
  taxIncluded: Money.meta({ description: "Tax that the lines contain" }),
  rounding: Money,
  total: Money.meta({
    description: "net − discount + serviceCharge + tax + rounding, each without what was cancelled",
  }),
  average: Money.meta({ description: "What an order placed came to" }),
});
export type SalesFigures = z.infer<typeof SalesFigures>;

const DishFigures = z.object({
  quantity: z.int().meta({ description: "Portions sold" }),
  cancelledQuantity: z.int(),
  sales: Money,
  cancelled: Money,
  net: Money,
});
const MoneyFigures = z.object({
  payments: z.int(),
  refunds: z.int(),
  captured: Money,
  refunded: Money,
  net: Money.meta({ description: "captured − refunded" }),
});

const DateRow = SalesFigures.extend({ businessDate: CalendarDate });
const HourRow = SalesFigures.extend({
  hour: z.int().meta({ description: "0 to 23, by the clock of the restaurant" }),
});
const ServerRow = SalesFigures.extend({ server: Person });
const ServiceTypeRow = SalesFigures.extend({ serviceType: ServiceType });
const DishRow = DishFigures.extend({
  productId: Uuid,
  sku: z.string(),
  name: LocalizedText.meta({ description: "As it was sold last within the range" }),
  category: z.string(),
});
const CategoryRow = DishFigures.extend({ category: z.string(), name: LocalizedText });
const MethodRow = MoneyFigures.extend({ method: Method });

const between = {
  from: CalendarDate,
  to: CalendarDate,
};
const report = <By extends string, Row extends z.ZodType, Totals extends z.ZodType>(
  by: By,
  row: Row,
  totals: Totals,
) => z.object({ ...between, by: z.literal(by), rows: z.array(row), totals });

const SalesReport = z.discriminatedUnion("by", [
  report("date", DateRow, SalesFigures),
  report("hour", HourRow, SalesFigures),
  report("server", ServerRow, SalesFigures),
  report("service-type", ServiceTypeRow, SalesFigures),
  report("dish", DishRow, DishFigures),
  report("category", CategoryRow, DishFigures),
  report("method", MethodRow, MoneyFigures).extend({
    withoutSale: Money.meta({
      description:
        "Money taken for orders that are still being placed, or were not: 0 when all is quiet",
    }),
  }),
]);
export type SalesReport = z.infer<typeof SalesReport>;

const Range = z.object({
  from: CalendarDate.optional().meta({
    description: "Default: `to`, or else the trading day of now",
  }),
  to: CalendarDate.optional().meta({ description: "Default: `from`" }),
});

const Today = z.object({
  businessDate: CalendarDate,
  totals: SalesFigures,
  hours: z.array(HourRow).meta({ description: "As the trading day goes" }),
  dishes: z.array(DishRow).meta({ description: "The ten that sold best" }),
  methods: z.array(MethodRow),
  stock: z.object({ low: z.int(), soldOut: z.int() }),
});
export type Today = z.infer<typeof Today>;

const StockItem = z.object({
  productId: Uuid,
  sku: z.string(),
  name: LocalizedText,
  price: Money,
  onHand: z.int(),
  reserved: z.int(),
  available: z.int(),
  lowStockAt: z.int().nullable(),
  low: z.boolean(),
  value: Money.meta({ description: "onHand × price" }),
});
const Stock = z.object({
  value: Money,
  low: z.int(),
  soldOut: z.int(),
  items: z.array(StockItem).meta({ description: "What runs low comes first" }),
});
export type Stock = z.infer<typeof Stock>;

const OrderEntry = z.object({
  kind: z.enum(["sale", "cancellation"]),
  orderId: Uuid,
  number: z.int(),
  businessDate: CalendarDate.meta({ description: "On which it counts" }),
  soldOn: CalendarDate,
  at: z.iso.datetime(),
  serviceType: ServiceType,
  method: Method,
  server: Person,
  reason: z.string().optional().meta({ description: "Of a cancellation" }),
  quantity: z.int().optional().meta({ description: "Portions of the dish or category asked for" }),
  amount: Money.meta({
    description:
      "What it adds to the figure: its lines, or those of the dish or category asked for; negative for a cancellation",
  }),
  total: Money.meta({ description: "What the guest paid, or got back (negative)" }),
});
export type OrderEntry = z.infer<typeof OrderEntry>;

const MoneyEntry = z.object({
  kind: z.enum(["payment", "refund"]),
  id: Uuid,
  orderId: Uuid,
  number: z.int(),
  businessDate: CalendarDate,
  at: z.iso.datetime(),
  method: Method,
  amount: Money.meta({ description: "Negative for a refund" }),
});
export type MoneyEntry = z.infer<typeof MoneyEntry>;

const Days = z.object({
  businessDate: CalendarDate.optional().meta({ description: "Short for the same `from` and `to`" }),
  from: CalendarDate.optional(),
  to: CalendarDate.optional(),
});

export const Rebuild = z.object({
  status: z.enum(["never", "running", "done", "failed", "interrupted"]).meta({
    description: "Unless it is done, the reports are the ones before; run it again",
  }),
  /** Events counted so far. */
  done: z.int(),
  total: z.int(),
  startedAt: z.iso.datetime().optional(),
  startedBy: z.string().optional(),
  endedAt: z.iso.datetime().optional(),
  changed: z.int().optional().meta({
    description: "How many lines of figures differ from the ones before: 0 when nothing was wrong",
  }),
  cause: z.string().optional(),
});
export type Rebuild = z.infer<typeof Rebuild>;

const reading = route.meta({ permission: "reporting.read" }).errors({
  REPORT_CUT_OFF: {
    status: 503,
    message:
      "This report took too long and was stopped, so that it holds up nothing else. Ask for fewer days.",
  },
  REPORTS_BUSY: {
    status: 503,
    message: "Too many reports are being made at this moment. Ask again when they are done.",
  },
});
const operating = route.meta({ permission: "system.operate" });

export const contract = {
  sales: reading
    .route({
      method: "GET",
      path: "/reports/sales",
      summary: "Sales of a range of trading days, by what you ask for",
      description:
        "By date, hour, server, service type, dish and category, `net` always sums up to the same: the lines sold without those cancelled. By method it is the payments without the refunds.",
    })
    .input(
      Range.extend({
        by: z.enum(["date", "hour", "dish", "category", "method", "server", "service-type"]),
      }).strict(),
    )
    .output(SalesReport),
  today: reading
    .route({
      method: "GET",
      path: "/reports/today",
      summary: "The trading day of now, at a glance",
    })
    .output(Today),
  stock: reading
    .route({
      method: "GET",
      path: "/reports/stock",
      summary: "What the counted stock is worth at its prices, and what runs low",
    })
    .input(
      z.strictObject({
        low: queryBoolean.optional().meta({ description: "true: only what runs low" }),
      }),
    )
    .output(Stock),
  orders: reading
    .route({
      method: "GET",
      path: "/reports/orders",
      summary:
        "The sales and cancellations behind a figure, newest first; their amounts sum up to its `net`",
    })
    .input(
      Days.extend({
        ...pageQuery.shape,
        hour: queryInteger(0, 23).optional(),
        dish: Uuid.optional().meta({ description: "A product id" }),
        category: z.string().max(60).optional(),
        method: Method.optional(),
        server: z
          .string()
          .max(100)
          .optional()
          .meta({ description: "The id of who took the order" }),
        serviceType: ServiceType.optional(),
      }).strict(),
    )
    .output(page(OrderEntry)),
  payments: reading
    .route({
      method: "GET",
      path: "/reports/payments",
      summary: "The payments and refunds behind a figure by method, newest first",
    })
    .input(Days.extend({ ...pageQuery.shape, method: Method.optional() }).strict())
    .output(page(MoneyEntry)),

  rebuild: {
    start: operating
      .route({
        method: "POST",
        path: "/reports/rebuild",
        summary:
          "Make all reports anew from the events they are made of, while they are being used",
        description: "One that is under way goes on. GET the same address for its progress.",
        successStatus: 202,
      })
      .output(Rebuild),
    status: operating
      .route({ method: "GET", path: "/reports/rebuild", summary: "How the newest rebuild stands" })
      .output(Rebuild),
  },
};
