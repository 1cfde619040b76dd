// What concerns the whole system and no single module: does everything add up?
import { z } from "zod";
import { route } from "#platform/contract";
import { eventsContract } from "./events-contract.js";
import { modulesRoute } from "./modules-contract.js";
import { storyContract } from "./story/contract.js";

export const Difference = z.object({
  /** Which invariant is broken, in words. */
  what: z.string(),
  subject: z.string(),
  detail: z.string(),
});

export const Reconciliation = z.object({
  checkedAt: z.iso.datetime(),
  /** False while sagas run, events travel or reservations wait for their movement, and when something was sold or paid
   *  while the books were read: then nothing can be concluded. */
  quiet: z.boolean(),
  orders: z.int(),
  /** Of these. What follows counts the others only. */
  cancelled: z.int(),
  sold: z.int(),
  captured: z.int(),
  refunded: z.int(),
  ordersTotal: z.int(),
  openSagas: z.int(),
  pendingEvents: z.int(),
  deadLetters: z.int(),
  reservations: z.int(),
  differences: z.array(Difference),
  /** Differences that stood when a person abandoned the saga, and so settled by hand. */
  accepted: z.array(Difference),
});
export type Reconciliation = z.infer<typeof Reconciliation>;

export const contract = {
  events: eventsContract,
  story: storyContract,
  modules: modulesRoute,
  reconcile: route
    .meta({ permission: "system.reconcile" })
    .route({
      method: "GET",
      path: "/system/reconciliation",
      summary: "Does everything add up? Stock, money, orders, reservations, events",
    })
    .output(Reconciliation),
};
