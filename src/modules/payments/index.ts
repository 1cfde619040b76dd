// The front door of payments: its contract and its maker.
import type { Face } from "#platform/contract";
import { contract } from "./contract.js";
import type { Gateway } from "./gateway/gateway.js";
import { createSimulator } from "./gateway/simulator.js";
import type { PaymentsDatabase } from "./repository/payments.js";
import { createRouter } from "./router.js";
import type { PaymentsTables } from "./schema.js";

export { contract };
export type { Gateway, PaymentsTables };
export type PaymentsFace = Face<typeof contract>;

/** Well below the time that the place-order saga gives this step. */
const GATEWAY_DEADLINE_MS = 8_000;

export interface PaymentsModuleParts {
  readonly database: PaymentsDatabase;
  readonly outbox: { wake(): void };
  readonly clock: () => Date;
  /** Without one: the built-in simulator. */
  readonly gateway?: Gateway;
  readonly gatewayDeadlineMs?: number;
}

export function createPayments({
  database,
  outbox,
  clock,
  gateway = createSimulator(database),
  gatewayDeadlineMs = GATEWAY_DEADLINE_MS,
}: PaymentsModuleParts) {
  return {
    name: "payments" as const,
    router: createRouter({ database, outbox, gateway, clock, gatewayDeadlineMs }),
    subscriptions: [],
  };
}
