// Between the contract and the module: turns requests into commands and decisions into typed answers.
import { actorOf, type CallContext, implementContract } from "#platform/http";
import {
  changeTicket,
  type Cook,
  type KitchenParts,
  type Outcome,
  recallLast,
} from "./commands.js";
import { contract } from "./contract.js";
import type { Ticket } from "./events.js";
import { getAllDay, getOrder, getStations, getTicket, listTickets } from "./queries.js";
import { acknowledge, advance, crossOff, recall, toTicket } from "./rules.js";

function cookOf(context: CallContext): Cook {
  const { principal, trace } = context;
  if (!principal) throw new Error("The guard lets nobody in without a principal");
  const { id, name } = principal;
  return { by: { id, name }, press: actorOf(context), trace: trace || null };
}

export function createRouter(parts: KitchenParts) {
  const { database } = parts;
  const kitchen = implementContract(contract);

  return kitchen.router({
    stations: kitchen.stations.handler(async () => ({ items: await getStations(database) })),
    tickets: {
      list: kitchen.tickets.list.handler(({ input }) => listTickets(database, input)),
      get: kitchen.tickets.get.handler(async ({ input, errors }) => {
        const ticket = await getTicket(database, input.id);
        if (!ticket) throw errors.NOT_FOUND();
        return ticket;
      }),
      advance: kitchen.tickets.advance.handler(async ({ input, context, errors }) =>
        done(
          await changeTicket(
            parts,
            input,
            (ticket, now) => advance(ticket, input.to, now),
            cookOf(context),
          ),
          errors,
        ),
      ),
      recall: kitchen.tickets.recall.handler(async ({ input, context, errors }) => {
        const outcome = await changeTicket(parts, input, recall, cookOf(context));
        if (outcome.kind === "nothing-to-recall") throw errors.NOTHING_TO_RECALL();
        return done(outcome, errors);
      }),
      crossOff: kitchen.tickets.crossOff.handler(async ({ input, context, errors }) =>
        done(
          await changeTicket(
            parts,
            input,
            (ticket, now) => crossOff(ticket, input.lineId, input.crossedOff, now),
            cookOf(context),
          ),
          errors,
        ),
      ),
      acknowledge: kitchen.tickets.acknowledge.handler(async ({ input, context, errors }) =>
        done(
          await changeTicket(
            parts,
            input,
            (ticket, now) => acknowledge(ticket, input.lineId, now),
            cookOf(context),
          ),
          errors,
        ),
      ),
    },
    recallLast: kitchen.recallLast.handler(async ({ input, context, errors }) => {
      const ticket = await recallLast(parts, input, cookOf(context));
      if (!ticket) throw errors.NOTHING_TO_RECALL();
      return toTicket(ticket);
    }),
    allDay: kitchen.allDay.handler(async ({ input }) => ({
      items: await getAllDay(database, input.station),
    })),
    order: kitchen.order.handler(async ({ input, errors }) => {
      const order = await getOrder(database, input.orderId);
      if (!order) throw errors.NOT_FOUND();
      return order;
    }),
  });
}

interface ChangeErrors {
  NOT_FOUND(): Error;
  VERSION_CONFLICT(options: { data: { currentVersion: number; ticket: Ticket } }): Error;
  TICKET_CANCELLED(options: { data: { ticket: Ticket } }): Error;
  TICKET_MOVED_ON(options: { data: { ticket: Ticket } }): Error;
}

function done(outcome: Outcome, errors: ChangeErrors): Ticket {
  if (outcome.kind === "not-found") throw errors.NOT_FOUND();
  const ticket = toTicket(outcome.ticket);
  switch (outcome.kind) {
    case "changed":
    case "unchanged":
      return ticket;
    case "stale":
      throw errors.VERSION_CONFLICT({ data: { currentVersion: ticket.version, ticket } });
    case "cancelled":
      throw errors.TICKET_CANCELLED({ data: { ticket } });
    case "moved-on":
    case "nothing-to-recall":
      throw errors.TICKET_MOVED_ON({ data: { ticket } });
  }
}
