// What kitchen tells: how a ticket stands after each change. A leaf: it imports only the kernel.
import { z } from "zod";
import { defineActionTaken, defineEvent, LocalizedText, Uuid } from "#platform/kernel";

export const TicketStatus = z.enum(["new", "cooking", "ready", "served"]);
export type TicketStatus = z.infer<typeof TicketStatus>;

export const TicketLine = z.object({
  /** The order line's own. */
  id: Uuid,
  productId: Uuid,
  sku: z.string(),
  name: LocalizedText,
  /** As sent. What is to be cooked is `shown`: sent less cancelled. */
  quantity: z.int().positive(),
  cancelled: z.int().nonnegative(),
  shown: z.int().nonnegative(),
  /** Cancelled units that the kitchen has not acknowledged yet: shown struck through. */
  struck: z.int().nonnegative(),
  modifiers: z.array(z.object({ code: z.string(), name: LocalizedText })),
  note: z.string().optional(),
  crossedOff: z.boolean(),
  /** How far it is, by its own mark and the ticket's status. */
  state: z.enum(["waiting", "cooking", "done"]),
});
export type TicketLine = z.infer<typeof TicketLine>;

export const Ticket = z.object({
  id: Uuid,
  orderId: Uuid,
  station: z.string(),
  /** The order's receipt number. */
  number: z.int().positive(),
  serviceType: z.string(),
  tableId: Uuid.optional(),
  tableName: z.string().optional(),
  placedAt: z.iso.datetime(),
  status: TicketStatus,
  /** All of it is cancelled; `status` is how far it had come. */
  cancelledAt: z.iso.datetime().optional(),
  /** Off the screens: served, or cancelled and acknowledged. */
  closedAt: z.iso.datetime().optional(),
  changedAt: z.iso.datetime(),
  version: z.int().positive(),
  lines: z.array(TicketLine),
});
export type Ticket = z.infer<typeof Ticket>;

export const TicketChange = z.enum([
  "sent",
  "advanced",
  "recalled",
  "crossed-off",
  "put-back",
  "cancelled",
  "acknowledged",
]);
export type TicketChange = z.infer<typeof TicketChange>;

/** A ticket was made or changed; it is told whole. Who keeps a copy keeps the highest `version`. Keyed by the order:
 *  changes of one ticket come in order, those of an order's several tickets independently. */
export const TicketChanged = defineEvent("kitchen.ticket-changed.v1", {
  key: (event) => event.ticket.orderId,
  schema: z.object({
    ticket: Ticket,
    change: TicketChange,
    /** Where only one line changed. */
    lineId: Uuid.optional(),
    by: z.object({ id: z.string(), name: z.string() }),
  }),
});

/** What people did: tickets moved on, brought back and acknowledged, and what was done to stored events. */
export const KitchenActionTaken = defineActionTaken("kitchen");
