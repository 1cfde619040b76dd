// What a person does to a saga that needs attention: try it again, or give it up.
import type { ActionBy } from "#platform/kernel";
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

interface Asked {
  readonly by: ActionBy;
  readonly now: Date;
  readonly trace: string;
}

export type Operated =
  { readonly kind: "not-found" } | { readonly kind: "done" | "not-parked"; readonly saga: SagaRow };

/** The saga goes on where it stood. */
export const resume = (parts: OperatingParts, id: string, asked: Asked) =>
  operate(parts, id, asked, "resume", undefined);

/** For what was settled by hand. */
export const abandon = (parts: OperatingParts, id: string, reason: string, asked: Asked) =>
  operate(parts, id, asked, "abandon", reason);

async function operate(
  { database, sagas, outbox }: OperatingParts,
  id: string,
  { by, now, trace }: Asked,
  verb: "resume" | "abandon",
  reason: string | undefined,
): Promise<Operated> {
  const saga = await sagas.find(id);
  if (!saga) return { kind: "not-found" };
  const event = OrdersActionTaken.create(
    {
      ...by,
      action: `system.sagas.${verb}`,
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
      : await abandonSaga(database, { id, reason, at: now }, event);
  if (done) {
    outbox.wake();
    sagas.wake();
  }
  return { kind: done ? "done" : "not-parked", saga: (await sagas.find(id)) ?? saga };
}
