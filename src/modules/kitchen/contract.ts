// The face of kitchen: the tickets of each station, and what cooks do with them.
import { z } from "zod";
import { page, pageQuery, queryInteger, route } from "#platform/contract";
import { LocalizedText, Uuid } from "#platform/kernel";
import { Ticket, TicketLine, TicketStatus } from "./events.js";

const Station = z.string().min(1).max(60);
const Version = z.int().min(1).meta({ description: "As read; refused when it has moved" });
const Which = z.strictObject({ id: Uuid, version: Version });

const NotFound = {
  NOT_FOUND: { status: 404, message: "The kitchen has no such ticket. Load the list again." },
} as const;

export const changeErrors = {
  ...NotFound,
  VERSION_CONFLICT: {
    status: 409,
    message: "Somebody else changed this ticket in the meantime; nothing was done. Look again.",
    data: z.object({ currentVersion: z.int(), ticket: Ticket }),
  },
  TICKET_CANCELLED: {
    status: 409,
    message: "This was cancelled: do not cook it. Acknowledge it to take it off the screen.",
    data: z.object({ ticket: Ticket }),
  },
  TICKET_MOVED_ON: {
    status: 409,
    message: "This ticket is further on already. Recall it to bring it back.",
    data: z.object({ ticket: Ticket }),
  },
} as const;

const NOTHING_TO_RECALL = {
  status: 409,
  message: "There is nothing to bring back: no ticket was served, or this one is new.",
} as const;

export const contract = {
  stations: route
    .meta({ permission: "kitchen.read" })
    .route({ method: "GET", path: "/kitchen/stations", summary: "Stations and what waits there" })
    .output(
      z.object({
        items: z.array(
          z.object({
            code: Station,
            open: z.int().meta({ description: "Tickets on the screen" }),
            oldestAt: z.iso.datetime().optional(),
          }),
        ),
      }),
    ),

  tickets: {
    list: route
      .meta({ permission: "kitchen.read" })
      .route({
        method: "GET",
        path: "/kitchen/tickets",
        summary: "Tickets on the screen, oldest first; closed ones, newest first",
        description:
          "The open list is read as of one instant, so a screen may show it as it is. A ticket is open until it is served, or cancelled and acknowledged.",
      })
      .input(
        z.strictObject({
          station: Station.optional().meta({ description: "Without it: all stations" }),
          status: z.enum(["open", "new", "cooking", "ready", "closed"]).default("open"),
          limit: queryInteger(1, 500).default(500),
          cursor: pageQuery.shape.cursor,
        }),
      )
      .output(page(Ticket)),
    get: route
      .meta({ permission: "kitchen.read" })
      .route({ method: "GET", path: "/kitchen/tickets/{id}", summary: "One ticket" })
      .input(z.strictObject({ id: Uuid }))
      .output(Ticket)
      .errors(NotFound),
    advance: route
      .meta({ permission: "kitchen.advance" })
      .route({
        method: "POST",
        path: "/kitchen/tickets/{id}/advance",
        summary: "Move a ticket on; `served` bumps it off the screen",
        description: "States may be skipped. Where it stands already: no change.",
      })
      .input(Which.extend({ to: TicketStatus.exclude(["new"]) }))
      .output(Ticket)
      .errors(changeErrors),
    recall: route
      .meta({ permission: "kitchen.advance" })
      .route({
        method: "POST",
        path: "/kitchen/tickets/{id}/recall",
        summary: "Bring a ticket one step back; a served one to where it was when it was bumped",
      })
      .input(Which)
      .output(Ticket)
      .errors({ ...changeErrors, NOTHING_TO_RECALL }),
    crossOff: route
      .meta({ permission: "kitchen.advance" })
      .route({
        method: "PATCH",
        path: "/kitchen/tickets/{id}/lines/{lineId}",
        summary: "Cross a line off, or put it back",
        description: "The first line that is crossed off starts a new ticket.",
      })
      .input(Which.extend({ lineId: Uuid, crossedOff: z.boolean() }))
      .output(Ticket)
      .errors(changeErrors),
    acknowledge: route
      .meta({ permission: "kitchen.advance" })
      .route({
        method: "POST",
        path: "/kitchen/tickets/{id}/acknowledge",
        summary: "Say that the kitchen has seen what was cancelled: of one line, or of all",
        description: "A ticket that is cancelled as a whole then leaves the screen.",
      })
      .input(Which.extend({ lineId: Uuid.optional() }))
      .output(Ticket)
      .errors(changeErrors),
  },

  recallLast: route
    .meta({ permission: "kitchen.advance" })
    .route({
      method: "POST",
      path: "/kitchen/recall",
      summary: "Bring back the ticket that was served last",
    })
    .input(
      z.strictObject({
        id: Uuid.meta({
          description: "Made by the client for each press: the same id again has no second effect",
        }),
        station: Station.optional(),
      }),
    )
    .output(Ticket)
    .errors({ NOTHING_TO_RECALL }),

  allDay: route
    .meta({ permission: "kitchen.read" })
    .route({
      method: "GET",
      path: "/kitchen/all-day",
      summary: "How many of each dish stand on the open tickets, the most first",
    })
    .input(z.strictObject({ station: Station.optional() }))
    .output(
      z.object({
        items: z.array(
          z.object({
            productId: Uuid,
            sku: z.string(),
            name: LocalizedText,
            quantity: z.int(),
            left: z.int().meta({ description: "Of these, not crossed off and not ready" }),
          }),
        ),
      }),
    ),

  order: route
    .meta({ permission: "kitchen.read" })
    .route({
      method: "GET",
      path: "/kitchen/orders/{orderId}",
      summary: "How far the kitchen is with an order: who cancels it sees what is waste",
    })
    .input(z.strictObject({ orderId: Uuid }))
    .output(
      z.object({
        orderId: Uuid,
        number: z.int(),
        lines: z.array(
          TicketLine.extend({
            station: z.string(),
            suggestion: z.enum(["restock", "waste"]).meta({
              description: "What becomes of it when it is cancelled now; a person decides",
            }),
          }),
        ),
        tickets: z.array(Ticket),
      }),
    )
    .errors(NotFound),
};
