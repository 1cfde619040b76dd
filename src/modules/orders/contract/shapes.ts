// What the routes of orders have in common: what is asked for, and an order as it is told.
import { z } from "zod";
import { Money, text, Uuid } from "#platform/kernel";
import {
  OrderPayment,
  OrderTotals,
  Person,
  ServiceType,
  SoldLine,
  StockOutcome,
} from "../events.js";

const MAX_LINES = 100;
const MAX_QUANTITY = 1_000;

const Quantity = z
  .int("A quantity is a whole number")
  .min(1, "A quantity is at least 1")
  .max(MAX_QUANTITY, `A quantity is at most ${MAX_QUANTITY}`);

const Price = Money.refine(({ amount }) => amount >= 0, "A price is not negative").refine(
  ({ amount }) => amount <= 1_000_000_000,
  "A price is at most 1,000,000,000",
);

/** Of a whole order, which may cost more than any dish may. */
const Amount = Money.refine(({ amount }) => amount >= 0, "An amount is not negative");

const AskedModifiers = z.array(z.strictObject({ code: z.string().min(1).max(60) })).max(20);

export const AskedLine = z.strictObject({
  id: Uuid.meta({ description: "Made by the client, once, and stable for life" }),
  productId: Uuid,
  quantity: Quantity,
  unitPrice: Price.meta({ description: "What the guest saw" }),
  modifiers: AskedModifiers.default([]),
  note: text(200).optional(),
});

export const linesOf = <Line extends z.ZodType<{ id: string }>>(line: Line) =>
  z
    .array(line)
    .min(1, "An order needs at least one line")
    .max(MAX_LINES, `An order has at most ${MAX_LINES} lines`)
    .refine(
      (lines) => new Set(lines.map((one) => one.id)).size === lines.length,
      "Two lines have the same id",
    );

const Payment = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("cash"), tendered: Amount }),
  z.strictObject({ method: z.literal("card"), token: z.string().min(1).max(200) }),
]);

export const PlaceOrder = z.strictObject({
  serviceType: ServiceType,
  tableId: Uuid.optional(),
  lineItems: linesOf(AskedLine),
  expectedTotal: Amount.optional().meta({
    description:
      "What the guest was told that it costs in all; the order is refused when it costs anything else",
  }),
  payment: Payment,
});
export type PlaceOrder = z.infer<typeof PlaceOrder>;

export const OrderStatus = z.enum(["placed", "cancelled"]);

const LineOutcome = z.object({ id: Uuid, outcome: StockOutcome });

const Cancellation = z.object({
  reason: z.string(),
  cancelledAt: z.iso.datetime(),
  cancelledOn: z.iso.date().meta({ description: "The trading day on which it was cancelled" }),
  cancelledBy: Person,
  approvedBy: Person.optional(),
  lineItems: z.array(LineOutcome),
  attention: z
    .string()
    .optional()
    .meta({ description: "What a person must do before the money is back" }),
});

export const Order = z.object({
  id: Uuid,
  number: z.int(),
  status: OrderStatus,
  version: z.int(),
  serviceType: ServiceType,
  tableId: Uuid.optional(),
  tableName: z.string().optional().meta({ description: "As the table was called then" }),
  businessDate: z.iso.date(),
  lineItems: z.array(SoldLine),
  totals: OrderTotals,
  payment: OrderPayment,
  placedBy: Person,
  placedAt: z.iso.datetime(),
  cancellation: Cancellation.optional(),
});
export type Order = z.infer<typeof Order>;

export const NotFound = {
  NOT_FOUND: { status: 404, message: "There is no such order. Check the id." },
} as const;
