// The face of audit: what people did, and whether the log is as it was written.
import { z } from "zod";
import { page, pageQuery, route } from "#platform/contract";
import { text } from "#platform/kernel";

const Person = z.object({ id: z.string(), name: z.string() });

export const Entry = z.object({
  position: z.int(),
  eventId: z.string(),
  module: z.string(),
  action: z.string().meta({ description: "Such as orders.cancel" }),
  at: z.iso.datetime(),
  actor: Person.extend({ role: z.string() }),
  approvedBy: Person.optional().meta({ description: "Who allowed it in place" }),
  from: z.string().optional().meta({ description: "The network address" }),
  subject: z.object({ type: z.string(), id: z.string(), name: z.string().optional() }),
  reason: z.string().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  trace: z.string().optional(),
  hash: z.string(),
});
export type Entry = z.infer<typeof Entry>;

const Id = text(120).min(1);
const Instant = z.iso.datetime({ offset: true, error: "A time looks like 2026-11-25T09:00:00Z" });

/** Where the chain ends: `12:<64 hex digits>`. */
const Head = z.string().regex(/^\d{1,15}:[0-9a-f]{64}$/, "A head looks like 12:<64 hex digits>");

export const Verification = z.object({
  sound: z.boolean(),
  entries: z.int(),
  head: Head.meta({ description: "Write it down elsewhere, and give it as `head` next time" }),
  faults: z.array(z.object({ position: z.int(), what: z.string() })),
});
export type Verification = z.infer<typeof Verification>;

export const contract = {
  list: route
    .meta({ permission: "audit.read" })
    .route({ method: "GET", path: "/audit", summary: "Who did what, newest first" })
    .input(
      z.strictObject({
        ...pageQuery.shape,
        actor: Id.optional().meta({ description: "The id of whoever did it" }),
        action: Id.optional(),
        subject: Id.optional().meta({ description: "The id of what it was done to" }),
        since: Instant.optional(),
        until: Instant.optional().meta({ description: "Itself not included" }),
      }),
    )
    .output(page(Entry)),
  verify: route
    .meta({ permission: "audit.read" })
    .route({
      method: "GET",
      path: "/audit/verification",
      summary: "Is every entry as it was written? Recomputes the whole chain",
      description:
        "Finds entries that were altered, taken out or put in. What was cut off at the end together with the head is found by a `head` of earlier.",
    })
    .input(z.strictObject({ head: Head.optional() }))
    .output(Verification),
};
