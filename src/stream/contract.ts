// The live stream for screens: what is told to whom. Its events and their data are those of the modules.
import { z } from "zod";
import { route } from "#platform/contract";

export const Topic = z.enum([
  "order-placed",
  "order-cancelled",
  "ticket-changed",
  "stock-changed",
  "menu-changed",
  "payment-captured",
  "payment-refunded",
]);
export type Topic = z.infer<typeof Topic>;

const Topics = z
  .string()
  .max(200)
  .transform((text) => text.split(","))
  .pipe(z.array(Topic))
  .optional()
  .meta({ description: "Comma-separated; without it, all that the caller may see" });

export const Accepted = z.object({
  topics: z.array(Topic).optional(),
  lastEventId: z.string().optional(),
});

export const contract = {
  listen: route
    .meta({ permission: "stream.listen", stream: true })
    .route({
      method: "GET",
      path: "/stream",
      summary: "Live updates for screens, as server-sent events",
      description: `Each event has a \`data\` of \`{ id, key, occurredAt, data }\`; \`data.data\` is what the module told. A screen keeps the highest version of what it shows.

| event | permission | \`data.data\` |
| --- | --- | --- |
| \`order-placed\`, \`order-cancelled\` | orders.read | the order |
| \`ticket-changed\` | kitchen.read | \`{ ticket, change, by }\` |
| \`stock-changed\` | inventory.read | the product's new level |
| \`menu-changed\` | menu.read | the product, or the settings' new revision |
| \`payment-captured\`, \`payment-refunded\` | payments.read | the payment |

First comes \`ready\` (\`{ resumed }\`) or \`reset\` (\`{ reason }\`): after \`reset\`, and after \`ready\` without \`resumed\`, load the lists again. Last comes \`closing\` (\`{ reason }\`: draining, slow, session-ended, unavailable). A client that comes again with the id of the last event that arrived (header \`Last-Event-ID\`, as browsers do by themselves, or the query) gets what it missed, once, in order. A comment every 15 seconds is a sign of life.`,
    })
    .input(
      z.strictObject({
        topics: Topics,
        lastEventId: z.string().max(1_000).optional().meta({
          description: "Like the header, which goes first, for clients that cannot set it",
        }),
      }),
    )
    .output(Accepted)
    .errors({
      TOO_MANY_STREAMS: {
        status: 503,
        message: "Too many screens listen already, or this server is stopping. Try again soon.",
      },
    }),
};
