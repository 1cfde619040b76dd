// One order's whole story, as a list in order of time that a terminal prints and a page draws.
import { z } from "zod";
import { route } from "#platform/contract";
import { Uuid } from "#platform/kernel";

export const StoryEntry = z.object({
  /** Unique in the story: what `parent` points at. */
  id: z.string(),
  at: z.iso.datetime(),
  tookMs: z.int().optional().meta({ description: "How long it lasted from `at` on" }),
  module: z.string().meta({ description: "Whose it is: a lane of the timeline" }),
  kind: z.enum([
    "saga",
    "step",
    "event",
    "delivery",
    "failure",
    "payment",
    "gateway",
    "refund",
    "movement",
    "ticket",
    "action",
  ]),
  title: z.string(),
  detail: z.string().optional(),
  outcome: z.enum(["done", "failed", "waiting"]),
  parent: z
    .string()
    .optional()
    .meta({ description: "The saga of a step; the event of a movement, a delivery or a failure" }),
});
export type StoryEntry = z.infer<typeof StoryEntry>;

export const Story = z.object({
  orderId: Uuid,
  number: z.int().optional().meta({ description: "Missing where no order was recorded" }),
  status: z.string().optional(),
  total: z.object({ amount: z.int(), currency: z.string() }).optional(),
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  traces: z.array(z.string()),
  entries: z.array(StoryEntry).meta({ description: "Oldest first" }),
  missing: z
    .array(z.string())
    .meta({ description: "What could not be told, and why: a store that does not answer…" }),
});
export type Story = z.infer<typeof Story>;

export const storyContract = {
  get: route
    .meta({ permission: "system.operate" })
    .route({
      method: "GET",
      path: "/system/orders/{id}/story",
      summary: "Everything that became of an order, in order of time",
      description:
        "Sagas and their steps, payments and what the gateway was asked, stock movements, kitchen tickets, events, and what each listener did with them, and what people did by hand. Also for orders that were refused and never recorded.",
    })
    .input(z.strictObject({ id: Uuid }))
    .output(Story)
    .errors({
      NOT_FOUND: { status: 404, message: "Nothing is known of such an order. Check the id." },
    }),
};
