// What a card gateway must be able to do. Adapters translate; they decide nothing and keep nothing of ours.
// A card's token goes through here to the gateway and nowhere else: not into rows, events or logs.
import type { Money } from "#platform/kernel";

/** No answer, or none that can be believed: the money may or may not have moved. Ask again by the same key. */
export interface Unknown {
  readonly kind: "unknown";
  readonly cause: string;
}
export type ChargeOutcome =
  | { readonly kind: "captured" }
  | { readonly kind: "declined"; readonly code: string }
  /** Cancelled before it was taken: this key will never take money. */
  | { readonly kind: "cancelled" }
  | { readonly kind: "processing" }
  | Unknown;
export type FindOutcome = ChargeOutcome | { readonly kind: "not-found" };
export type RefundOutcome =
  { readonly kind: "refunded" } | { readonly kind: "refused"; readonly code: string } | Unknown;

export interface ChargeRequest {
  /** The payment's id. However often it is sent, money moves at most once. */
  readonly key: string;
  readonly amount: Money;
  readonly token: string;
}
export interface RefundRequest {
  readonly key: string;
  readonly chargeKey: string;
  readonly amount: Money;
}

export interface Gateway {
  charge(request: ChargeRequest, signal: AbortSignal): Promise<ChargeOutcome>;
  find(key: string, signal: AbortSignal): Promise<FindOutcome>;
  /** Cancels what is not captured yet, and answers how the key stands now. A key that the gateway never saw must be
   *  barred too, so that a charge still on its way takes nothing. */
  cancel(key: string, signal: AbortSignal): Promise<ChargeOutcome>;
  refund(request: RefundRequest, signal: AbortSignal): Promise<RefundOutcome>;
}

/** Asks with a deadline. Never throws: a gateway that is late or fails has given no answer. */
export async function ask<Outcome>(
  call: (signal: AbortSignal) => Promise<Outcome>,
  deadlineMs: number,
): Promise<Outcome | Unknown> {
  const aborter = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Unknown>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: "unknown", cause: `no answer within ${deadlineMs} ms` });
      aborter.abort();
    }, deadlineMs);
  });
  try {
    return await Promise.race([call(aborter.signal), late]);
  } catch (error) {
    return { kind: "unknown", cause: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
