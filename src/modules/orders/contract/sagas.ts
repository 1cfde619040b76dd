// Routes of sagas: for people who look at what is under way, and decide where a saga cannot.
import { z } from "zod";
import { page, pageQuery, route } from "#platform/contract";
import { canBeSeen, text, Uuid } from "#platform/kernel";

const STATUSES = [
  "running",
  "compensating",
  "finishing",
  "needs-attention",
  "completed",
  "rolled-back",
  "abandoned",
] as const;

const Timed = { attempts: z.int(), startedAt: z.iso.datetime(), tookMs: z.int() };

const Step = z.object({
  name: z.string(),
  state: z.enum(["waiting", "running", "done", "failed", "undoing", "undone", "not-run"]),
  pivot: z.boolean().meta({ description: "From here on only forward" }),
  attempts: z.int().optional(),
  startedAt: z.iso.datetime().optional(),
  tookMs: z.int().optional(),
  undo: z.object({ ...Timed, failed: z.boolean() }).optional(),
});

const Saga = z.object({
  id: Uuid,
  definition: z.string().meta({ description: "Name and version: `orders.place-order.v1`" }),
  orderId: Uuid.meta({ description: "The order that it places or cancels" }),
  status: z.enum(STATUSES).meta({
    description:
      "`compensating`: being undone; `finishing`: past its pivot; `needs-attention`: resume or abandon it",
  }),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  steps: z.array(Step),
  cause: z.string().optional().meta({ description: "Of the last failure, with what to do" }),
  refusal: z
    .object({ code: z.string(), status: z.int(), detail: z.string() })
    .optional()
    .meta({ description: "What the guest was told" }),
  abandonedReason: z.string().optional(),
  trace: z.string().optional(),
});
export type Saga = z.infer<typeof Saga>;

const Reason = text(200).refine(canBeSeen, "Say how it was settled");

const sagaErrors = {
  NOT_FOUND: { status: 404, message: "There is no such saga. Check the id." },
  SAGA_NOT_PARKED: {
    status: 409,
    message: "This saga does not wait for a person. Look at it again.",
    data: z.object({ saga: Saga }),
  },
} as const;

export const sagas = {
  list: route
    .meta({ permission: "system.sagas.read" })
    .route({
      method: "GET",
      path: "/system/sagas",
      summary: "Sagas with their steps, newest first",
    })
    .input(
      z.strictObject({
        ...pageQuery.shape,
        status: z
          .enum(["open", ...STATUSES])
          .optional()
          .meta({
            description: "`open`: all that have not ended",
          }),
        orderId: Uuid.optional(),
      }),
    )
    .output(page(Saga)),
  get: route
    .meta({ permission: "system.sagas.read" })
    .route({ method: "GET", path: "/system/sagas/{id}", summary: "One saga with its steps" })
    .input(z.strictObject({ id: Uuid }))
    .output(Saga)
    .errors({ NOT_FOUND: sagaErrors.NOT_FOUND }),
  resume: route
    .meta({ permission: "system.sagas.operate" })
    .route({
      method: "POST",
      path: "/system/sagas/{id}/resume",
      summary: "Try a saga again that needs attention",
      description:
        "It goes on where it stood, once its cause is mended. Recorded in the audit log.",
    })
    .input(z.strictObject({ id: Uuid }))
    .output(Saga)
    .errors(sagaErrors),
  abandon: route
    .meta({ permission: "system.sagas.operate" })
    .route({
      method: "POST",
      path: "/system/sagas/{id}/abandon",
      summary: "Give a saga up that needs attention",
      description:
        "For what was settled by hand. It moves no money and no stock: the reason stands in the audit log, and beside what reconciliation finds.",
    })
    .input(z.strictObject({ id: Uuid, reason: Reason }))
    .output(Saga)
    .errors(sagaErrors),
};
