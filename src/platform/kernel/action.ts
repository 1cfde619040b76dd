// What people did, told by the module in which they did it: the audit log is built from these events only.
import { z } from "zod";
import { defineEvent } from "./events.js";

const Person = z.object({ id: z.string(), name: z.string() });

/** Who did something, with whose approval, from where. */
export const ActionBy = z.object({
  actor: Person.extend({ role: z.string() }),
  /** The manager who confirmed it in place, where the actor alone may not do it. */
  approvedBy: Person.optional(),
  /** The network address. */
  from: z.string().optional(),
});
export type ActionBy = z.infer<typeof ActionBy>;

const ActionTaken = ActionBy.extend({
  /** Named like the permission that it needs: `orders.cancel`. */
  action: z.string(),
  /** What it was done to: type `order`, `staff`, `product`, `event`…, and its id. */
  subject: z.object({ type: z.string(), id: z.string(), name: z.string().optional() }),
  at: z.iso.datetime(),
  reason: z.string().optional(),
  /** What changed, without secrets: no PIN, no token, no password. */
  details: z.record(z.string(), z.unknown()).optional(),
});
export type ActionTaken = z.infer<typeof ActionTaken>;

/** A module's own `<module>.action-taken.v1`. It is written with the change itself, in its transaction, so that no
 *  change goes unrecorded and no refused one is recorded. One event for each subject that changed. */
export const defineActionTaken = (module: string) =>
  defineEvent(`${module}.action-taken.v1`, {
    key: (event) => event.subject.id,
    schema: ActionTaken,
  });
