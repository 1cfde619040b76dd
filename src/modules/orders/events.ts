// What orders tells: facts about orders, versioned. A leaf: it imports only the kernel.
import { z } from "zod";
import { defineActionTaken, defineEvent, LocalizedText, Money, Uuid } from "#platform/kernel";

export const ServiceType = z.enum(["dine-in", "takeaway"]);
export type ServiceType = z.infer<typeof ServiceType>;

export const SoldModifier = z.object({ code: z.string(), name: LocalizedText, price: Money });

/** A line as sold: a snapshot for ever, whatever happens to the product later. */
export const SoldLine = z.object({
  id: Uuid,
  productId: Uuid,
  sku: z.string(),
  name: LocalizedText,
  quantity: z.int().positive(),
  unitPrice: Money,
  modifiers: z.array(SoldModifier),
  note: z.string().optional(),
  total: Money,
});
export type SoldLine = z.infer<typeof SoldLine>;

export const OrderTotals = z.object({
  subtotal: Money,
  discount: Money,
  serviceCharge: Money,
  /** Added on top. Where prices include the tax, this is 0 and `taxIncluded` tells the part of the total that is tax. */
  tax: Money,
  taxIncluded: Money,
  rounding: Money,
  total: Money,
});
export type OrderTotals = z.infer<typeof OrderTotals>;

/** `refund-pending`: the order is cancelled and the money on its way back, which may take a while with a card.
 *  `refund-abandoned`: a person settled it by hand, outside of Tiffin. */
export const PaymentStatus = z.enum(["captured", "refund-pending", "refunded", "refund-abandoned"]);
export type PaymentStatus = z.infer<typeof PaymentStatus>;

export const OrderPayment = z.object({
  id: Uuid,
  method: z.enum(["cash", "card"]),
  status: PaymentStatus,
  tendered: Money.optional(),
  change: Money.optional(),
});
export type OrderPayment = z.infer<typeof OrderPayment>;

/** The restaurant's clock at an instant: for who counts by hour and by trading day. */
export const RestaurantClock = z.object({
  /** What to add to an instant to get the time on the wall. */
  utcOffsetMinutes: z.int(),
  /** The trading day begins then, by the time on the wall: "04:00". */
  businessDayStartsAt: z.string().regex(/^\d\d:\d\d$/),
});
export type RestaurantClock = z.infer<typeof RestaurantClock>;

/** Paid, stock held, the kitchen may start. One per order. */
export const OrderPlaced = defineEvent("orders.order-placed.v1", {
  key: (event) => event.orderId,
  schema: z.object({
    orderId: Uuid,
    number: z.int().positive(),
    businessDate: z.iso.date(),
    /** Missing in the oldest events only. */
    clock: RestaurantClock.optional(),
    serviceType: ServiceType,
    tableId: Uuid.optional(),
    /** As the table was called then. */
    tableName: z.string().optional(),
    placedAt: z.iso.datetime(),
    placedBy: z.object({ id: z.string(), name: z.string() }),
    lineItems: z.array(
      SoldLine.extend({
        category: z.object({ code: z.string(), name: LocalizedText }),
        station: z.string(),
      }),
    ),
    totals: OrderTotals,
    payment: OrderPayment,
  }),
});

export const Person = z.object({ id: z.string(), name: z.string() });

/** What becomes of a cancelled line's portions: uncooked they go back to stock, cooked they are waste. */
export const StockOutcome = z.enum(["restock", "waste"]);
export type StockOutcome = z.infer<typeof StockOutcome>;

/** No longer to be cooked or counted as sold, for good. The money is on its way back from here on: payments tells when
 *  it is there. At most one per order, after its `OrderPlaced`. */
export const OrderCancelled = defineEvent("orders.order-cancelled.v1", {
  key: (event) => event.orderId,
  schema: z.object({
    orderId: Uuid,
    number: z.int().positive(),
    /** Of the sale. */
    businessDate: z.iso.date(),
    /** The trading day on which it was cancelled: what reports take the money off. */
    cancelledOn: z.iso.date(),
    /** When it was cancelled, which may be in summer time where the sale was not. Missing in old events only. */
    clock: RestaurantClock.optional(),
    cancelledAt: z.iso.datetime(),
    cancelledBy: Person,
    approvedBy: Person.optional(),
    reason: z.string(),
    serviceType: ServiceType,
    lineItems: z.array(
      SoldLine.extend({
        category: z.object({ code: z.string(), name: LocalizedText }),
        station: z.string(),
        outcome: StockOutcome,
      }),
    ),
    totals: OrderTotals,
    payment: OrderPayment,
  }),
});

export const OrdersActionTaken = defineActionTaken("orders");
