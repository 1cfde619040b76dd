// The built-in gateway. It stands for a machine elsewhere: its memory is its own tables, written outside every
// transaction of the module, so that it still knows what it took after Tiffin was killed.
// sim_approve, sim_decline, sim_slow_<ms>, sim_unknown_captured (answer lost, money taken), sim_unknown_lost (answer
// lost, money not taken), sim_refund_refused (captured, never given back), sim_refund_unknown (given back, the first
// answer lost); every other token is declined.
import { setTimeout as sleep } from "node:timers/promises";
import { type Runner, defineStatement } from "#platform/db";
import type { ChargeOutcome, FindOutcome, Gateway } from "./gateway.js";

interface Charge {
  readonly amount: number;
  readonly status: "captured" | "declined" | "cancelled";
  readonly code: string | null;
  readonly settled: boolean;
}

const insertCharge = defineStatement<never>(
  "payments.simulator-charge",
  `insert into simulator_charges (key, amount, currency, status, code, settles_at, refunds)
   values ($1, $2, $3, $4, $5, clock_timestamp() + make_interval(secs => $6), $7)
   on conflict (key) do nothing`,
);
const selectCharge = defineStatement<Charge>(
  "payments.simulator-find",
  `select amount, status, code, settles_at <= clock_timestamp() as settled from simulator_charges where key = $1`,
);
const cancelCharge = defineStatement<never>(
  "payments.simulator-cancel",
  `insert into simulator_charges as charge (key, amount, currency, status, settles_at)
   values ($1, 0, 'XXX', 'cancelled', clock_timestamp())
   on conflict (key) do update set status = 'cancelled', settles_at = clock_timestamp()
   where charge.status = 'captured' and charge.settles_at > clock_timestamp()`,
);
const insertRefund = defineStatement<{ refunds: string | null }>(
  "payments.simulator-refund",
  `with given as (
     insert into simulator_refunds (key, charge_key, amount)
     select $1, key, $3::bigint from simulator_charges
     where key = $2 and status = 'captured' and settles_at <= clock_timestamp()
       and refunds is distinct from 'refused'
     on conflict (key) do nothing
     returning charge_key, amount
   )
   update simulator_charges as charge set refunded = refunded + given.amount
   from given where charge.key = given.charge_key
   returning charge.refunds`,
);
const selectRefund = defineStatement<{ amount: number }>(
  "payments.simulator-find-refund",
  `select amount from simulator_refunds where key = $1`,
);

/** More would go back than was taken. */
const CHECK_VIOLATION = "23514";
const MAX_SLOW_MS = 60_000;

interface Script {
  readonly status: "captured" | "declined" | "lost";
  readonly code?: string;
  readonly slowMs?: number;
  readonly answerLost?: true;
  readonly refunds?: "refused" | "answer-lost";
}

/** What a token makes the simulator do. */
export function scriptOf(token: string): Script {
  if (token === "sim_approve") return { status: "captured" };
  if (token === "sim_decline") return { status: "declined", code: "card-declined" };
  if (token === "sim_unknown_captured") return { status: "captured", answerLost: true };
  if (token === "sim_unknown_lost") return { status: "lost" };
  if (token === "sim_refund_refused") return { status: "captured", refunds: "refused" };
  if (token === "sim_refund_unknown") return { status: "captured", refunds: "answer-lost" };
  const slowMs = Number(/^sim_slow_(\d{1,5})$/.exec(token)?.[1] ?? Number.NaN);
  if (slowMs <= MAX_SLOW_MS) return { status: "captured", slowMs };
  return { status: "declined", code: "unknown-token" };
}

export function createSimulator(database: Runner): Gateway {
  async function find(key: string): Promise<FindOutcome> {
    const [charge] = await database.run(selectCharge, [key]);
    if (!charge) return { kind: "not-found" };
    if (charge.status === "captured" && !charge.settled) return { kind: "processing" };
    if (charge.status === "declined") return { kind: "declined", code: charge.code ?? "declined" };
    return { kind: charge.status };
  }

  async function standing(key: string): Promise<ChargeOutcome> {
    const found = await find(key);
    return found.kind === "not-found" ? { kind: "unknown", cause: "not stored" } : found;
  }

  return {
    find,
    async charge({ key, amount, token }, signal) {
      const { status, code = null, slowMs = 0, answerLost, refunds = null } = scriptOf(token);
      if (status === "lost") return { kind: "unknown", cause: "the request was lost" };
      const row = [key, amount.amount, amount.currency, status, code, slowMs / 1000, refunds];
      await database.run(insertCharge, row);
      if (slowMs > 0) await sleep(slowMs + 1, undefined, { signal });
      return answerLost ? { kind: "unknown", cause: "the answer was lost" } : standing(key);
    },
    async cancel(key) {
      await database.run(cancelCharge, [key]);
      return standing(key);
    },
    async refund({ key, chargeKey, amount }) {
      try {
        const [fresh] = await database.run(insertRefund, [key, chargeKey, amount.amount]);
        if (fresh?.refunds === "answer-lost")
          return { kind: "unknown", cause: "the answer was lost" };
      } catch (error) {
        if ((error as { code?: unknown }).code !== CHECK_VIOLATION) throw error;
      }
      const [given] = await database.run(selectRefund, [key]);
      if (!given) return { kind: "refused", code: "not-refundable" };
      return given.amount === amount.amount
        ? { kind: "refunded" }
        : { kind: "refused", code: "key-reused" };
    },
  };
}
