// What a person does to a saga that needs attention: try it again, or give it up.
import type { Principal } from "#platform/http";
import type { Outbox } from "#platform/outbox";
import type { SagaCoordinator, SagaRow } from "#platform/saga";
import { OrdersActionTaken } from "../events.js";
import { abandonSaga, resumeSaga } from "../repository/sagas.js";
import type { OrdersDatabase } from "../schema.js";

export interface OperatingParts {
  readonly database: OrdersDatabase;
  readonly sagas: SagaCoordinator;
  readonly outbox: Pick<Outbox<never>, "wake">;
}

interface By {
  readonly principal: Principal;
  readonly now: Date;
  readonly trace: string;
}

export type Operated =
  { readonly kind: "not-found" } | { readonly kind: "done" | "not-parked"; readonly saga: SagaRow };

/** The saga goes on where it stood. */
export const resume = (parts: OperatingParts, id: string, by: By) =>
  operate(parts, id, by, "resume", undefined);

/** For what was settled by hand. */
export const abandon = (parts: OperatingParts, id: string, reason: string, by: By) =>
  operate(parts, id, by, "abandon", reason);

async function operate(
  { database, sagas, outbox }: OperatingParts,
  id: string,
  { principal, now, trace }: By,
  verb: "resume" | "abandon",
  reason: string | undefined,
): Promise<Operated> {
  const saga = await sagas.find(id);
  if (!saga) return { kind: "not-found" };
  const event = OrdersActionTaken.create(
    {
      action: `system.sagas.${verb}`,
      actor: { id: principal.id, name: principal.name, role: principal.role },
      ...(principal.approvedBy && { approvedBy: principal.approvedBy }),
      subject: { type: "saga", id, name: saga.definition },
      at: now.toISOString(),
      ...(reason !== undefined && { reason }),
      details: { orderId: saga.subject, ...(saga.cause !== null && { cause: saga.cause }) },
    },
    { trace, occurredAt: now },
  );
  const done =
    reason === undefined
      ? await resumeSaga(database, id, event)
      : await abandonSaga(database, id, reason, event);
  if (done) {
    outbox.wake();
    sagas.wake();
  }
  return { kind: done ? "done" : "not-parked", saga: (await sagas.find(id)) ?? saga };
}
