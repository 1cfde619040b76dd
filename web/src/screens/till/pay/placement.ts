// Sends an order until it is answered, and never two of them. The order with its key is stored on the device before it
// leaves; whatever happens on the way (a double tap, a lost answer, a reload, another person), the same order goes with
// the same key, and the server answers it once.
import type { Order, PlaceOrder } from "../../../../../src/modules/orders/contract.js";
import { api } from "../../../api/client.js";
import { isOfServer, isPassing, type Problem, problemOf } from "../../../api/problem.js";
import { createSetting, useSetting } from "../../../parts/setting.js";
import { EMPTY } from "../cart/cart.js";
import { changeCart } from "../cart/store.js";

export interface Placement {
  /** The idempotency key: one for each order that is sent. */
  readonly key: string;
  readonly body: PlaceOrder;
  /** Set once the server said that it is under way: then it is asked how that stands, not sent again. */
  readonly orderId?: string;
  /** It went neither through nor back by itself, and waits for a manager. */
  readonly parked?: boolean;
  /** Failed tries so far, for the pause before the next. */
  readonly tries: number;
}

export type Answer =
  | { readonly kind: "placed"; readonly order: Order }
  /** `unsure`: this try was refused, and an earlier one may have been placed. */
  | { readonly kind: "refused"; readonly problem: Problem; readonly unsure?: boolean };

/** Undefined: nothing is on its way. */
const placement = createSetting<Placement | undefined>("placement", (stored) => {
  const known = stored as Partial<Placement> | null;
  return typeof known?.key === "string" && typeof known.body === "object"
    ? { tries: 0, ...known, key: known.key, body: known.body }
    : undefined;
});

export const usePlacement = (): Placement | undefined => useSetting(placement);

/** The key that was made here and has not left yet. Of any other order nobody knows whether the server has it. */
let unsent: string | undefined;

/** Puts the order on its way. False while another one is: a second tap is the same tap. */
export function startPlacement(body: PlaceOrder): boolean {
  if (placement.get()) return false;
  unsent = crypto.randomUUID();
  placement.set({ key: unsent, body, tries: 0 });
  return true;
}

const PAUSES_MS = [500, 1_000, 2_000, 4_000, 5_000];

export const pauseMs = (tries: number): number =>
  PAUSES_MS[Math.min(tries, PAUSES_MS.length) - 1] ?? 0;

/** What is said of the order itself, also when it is asked about again: nothing was taken. */
const REFUSALS: ReadonlySet<string> = new Set([
  "insufficient-stock",
  "price-changed",
  "product-unavailable",
  "invalid-lines",
  "unknown-table",
  "tender-too-small",
  "payment-declined",
  "placement-timed-out",
]);

/** Not an answer to this order: the server may or may not have it. */
const isOpen = (problem: Problem, isFirst: boolean): boolean => {
  if (REFUSALS.has(problem.code)) return false;
  if (problem.code === "idempotency-key-in-use" || problem.code === "unauthenticated") return true;
  // Not read, or answered by something on the way: a page of the Wi-Fi, a proxy.
  if (problem.code === "request-timeout" || !isOfServer(problem)) return true;
  // Who is signed in may not ask; the next one may.
  if (problem.status === 403 && !isFirst) return true;
  return isPassing(problem) || problem.status >= 500;
};

/** What became of the last order. Kept until somebody has seen it: a reload must not hide a receipt with its change. */
const outcome = createSetting<Answer | undefined>("outcome", (stored) => {
  const known = stored as Answer | null;
  return known?.kind === "placed" || known?.kind === "refused" ? known : undefined;
});

export const useOutcome = (): Answer | undefined => useSetting(outcome);
export const dismissOutcome = (): void => outcome.set(undefined);

let trying = false;

type Step = Answer | { readonly kind: "open"; readonly placement: Placement };

/** One try. Without an answer the placement says so (`tries`), and is to be tried again after a pause. */
export async function tryPlacement(): Promise<void> {
  const before = placement.get();
  if (!before || trying) return;
  trying = true;
  try {
    const step = await attempt(before);
    // Another window of this till may have been answered first, and have sent its next order.
    if (placement.get()?.key !== before.key) return;
    if (step.kind === "open") {
      placement.set({ ...step.placement, tries: before.tries + 1 });
      return;
    }
    if (step.kind === "placed") changeCart((cart) => ({ ...EMPTY, serviceType: cart.serviceType }));
    outcome.set(step);
    placement.set(undefined);
  } finally {
    trying = false;
  }
}

async function attempt(current: Placement): Promise<Step> {
  const isFirst = current.key === unsent;
  unsent = undefined;
  try {
    return await (current.orderId === undefined ? send(current) : follow(current, current.orderId));
  } catch (error) {
    const problem = problemOf(error);
    if (isOpen(problem, isFirst)) return { kind: "open", placement: current };
    const unsure = !isFirst && !REFUSALS.has(problem.code);
    return { kind: "refused", problem, ...(unsure && { unsure }) };
  }
}

async function send(current: Placement): Promise<Step> {
  const { key, body } = current;
  const answer = await api.orders.place({ headers: { "idempotency-key": key }, body });
  if (answer.status === 201) return { kind: "placed", order: answer.body };
  return { kind: "open", placement: { ...current, orderId: answer.body.id } };
}

/** An order that is under way is followed to its end. */
async function follow(current: Placement, id: string): Promise<Step> {
  const { status, order } = await api.orders.placement({ id });
  if (status === "placed" && order) return { kind: "placed", order };
  const { key, body, tries } = current;
  // The same key again brings the refusal itself, with the dishes that it names.
  if (status === "refused") return { kind: "open", placement: { key, body, tries } };
  return { kind: "open", placement: { ...current, parked: status === "needs-attention" } };
}
