// The route of approvals: a manager's yes on somebody else's screen.
import { z } from "zod";
import { route } from "#platform/contract";
import { Uuid } from "#platform/kernel";
import { Pin, SIGN_IN_PAUSED, TypedName } from "./shapes.js";

const Permission = z
  .string()
  .max(60)
  .regex(/^[a-z-]+(\.[a-z-]+)+$/, "A permission looks like orders.cancel");

export const approvals = {
  create: route
    .meta({})
    .route({
      method: "POST",
      path: "/approvals",
      summary: "Let somebody who may approve what you may not, with their PIN",
      description:
        "Send `approval` in the header of that name with the one request that it is for, within a minute. Whoever is signed in stays so; both are recorded.",
      successStatus: 201,
    })
    .input(
      z.strictObject({
        name: TypedName.meta({ description: "Of whoever approves" }),
        pin: Pin,
        permission: Permission.meta({
          description: "As the `forbidden` problem named it",
        }),
        subject: z.string().min(1).max(120).meta({
          description:
            "The id of the only order or product that it is for, as the request has it in its address or body",
        }),
      }),
    )
    .output(
      z.object({
        approval: z.string(),
        expiresAt: z.iso.datetime(),
        approvedBy: z.object({ id: Uuid, name: z.string() }),
      }),
    )
    .errors({
      APPROVAL_REFUSED: {
        status: 403,
        message: "The name does not go with this PIN, or this person may not allow it either.",
      },
      SIGN_IN_PAUSED,
    }),
};
