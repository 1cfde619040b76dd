// A restaurant whose server is killed or whose databases fail: it remembers every request, repeats each with its own
// key, and compares.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { Reconciliation } from "../../src/system/contract.js";
import { createProcessFolder, type RunningProcess } from "../system/process.js";
import { type Answer, line, order, Till } from "../system/tiffin.js";
import { brokenInvariants } from "./invariants.js";
import type { Stores } from "./stores.js";

export interface Sale {
  readonly key: string;
  readonly body: object;
  /** The only right end: placed, declined (402), too little stock (409) or given up as too slow (503). */
  readonly status: 201 | 402 | 409 | 503;
  /** Its gateway may be out of reach for so long that it is closed: a definite no as well. */
  mayNotBeTaken?: boolean;
  answer?: Answer | undefined;
  /** Then the portions: 3 back to stock, or 2 of them waste. */
  cancelled?: "restock" | "waste";
}

export type Kind =
  | "cash"
  | "approve"
  | "decline"
  | "unknown"
  | "lost"
  | "refund-unknown"
  | "short"
  | `slow_${number}`;

const TOKENS: Record<string, string> = {
  approve: "sim_approve",
  decline: "sim_decline",
  unknown: "sim_unknown_captured",
  lost: "sim_unknown_lost",
  "refund-unknown": "sim_refund_unknown",
  short: "sim_approve",
};
/** Slower than the saga's deadline: so slow that it is given up, and captured all the same a moment later. */
export const TOO_SLOW_MS = 32_000;
const ENDS: Record<string, Sale["status"]> = {
  decline: 402,
  lost: 402, // the gateway never saw it, so it is cancelled there
  short: 409,
  [`slow_${TOO_SLOW_MS}`]: 503,
};
const WAIT_MS = 60_000;
/** A reservation that was asked for before a pause and made after its sale is given back after a minute, at the next of
 *  the inventory's rounds, which come once a minute. */
const QUIET_MS = 150_000;
const MUCH = 5_000;

/** A server under test: a process, or one inside the test. */
export interface Server {
  readonly url: string;
  signIn(name: string, pin: string): Promise<Till>;
  readonly output?: () => string;
}

export type Guests = Awaited<ReturnType<typeof createGuests>>;
export type Restaurant = Awaited<ReturnType<typeof openRestaurant>>;

/** Stocks it for a long evening. With `stores`, every check asks them too. `patient` guests, where databases fail, take
 *  "a database does not answer" for no answer, and ask again. */
export async function createGuests(first: Server, stores?: Stores, { patient = false } = {}) {
  const { token } = await first.signIn("Cashier", "2222");
  const { token: managers } = await first.signIn("Manager", "1111");
  const isAway = ({ body }: Answer) => patient && body.code === "store-unavailable";
  const till = ({ url }: Server) => new Till(url, token);
  const office = ({ url }: Server) => new Till(url, managers);
  const samusa = await till(first).dish("SMS-01");
  const water = await till(first).dish("WTR-01");
  const falooda = await till(first).dish("FAL-01"); // 40 of them
  for (const dish of [samusa, water]) {
    const { status, body } = await office(first).send(
      "POST",
      `/api/inventory/products/${dish.productId}/movements`,
      { type: "received", quantity: MUCH, reason: "For a long evening" },
    );
    expect(status, JSON.stringify(body)).toBeLessThan(300);
  }
  await quiet(first);

  const sales: Sale[] = [];

  /** Repeats until it is decided. The answer must be right, and the one that was given before. */
  async function settle(running: Server, asked: Sale): Promise<Answer> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const answer = await till(running).place(asked.body, asked.key);
      const isDecided = answer.status !== 202 && !isAway(answer);
      if (isDecided || Date.now() > deadline) {
        if (!(asked.mayNotBeTaken && answer.body.code === "not-taken")) {
          const seen = `${JSON.stringify(answer.body)}\n${running.output?.() ?? ""}`;
          expect(answer.status, seen).toBe(asked.status);
        }
        if (asked.answer && asked.answer.status !== 202) {
          expect(told(answer)).toEqual(told(asked.answer));
        }
        asked.answer = answer;
        return answer;
      }
      await pause(100);
    }
  }

  /** Cancels a placed order; without an answer when the process dies first. */
  async function cancel(
    running: Server,
    { answer }: Sale,
    stock: "restock" | "waste",
  ): Promise<Answer | undefined> {
    const path = `/api/orders/${answer?.body.id}/cancel`;
    return office(running)
      .send("POST", path, { reason: "The guest left", stock })
      .catch(() => undefined);
  }

  /** Repeats until the money is back. */
  async function settleCancel(
    running: Server,
    sale: Sale,
    stock: "restock" | "waste",
  ): Promise<Answer> {
    sale.cancelled = stock;
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const answer = await cancel(running, sale, stock);
      if ((answer && answer.status !== 202) || Date.now() > deadline) {
        expect(answer?.status, `${JSON.stringify(answer?.body)}\n${running.output?.()}`).toBe(200);
        expect(answer?.body).toMatchObject({ status: "cancelled", version: 2 });
        return answer as Answer;
      }
      await pause(100);
    }
  }

  /** Twice in a row: an event that was told while the first answer was composed is under way in the second. */
  async function quiet(running: Server): Promise<Reconciliation> {
    const deadline = Date.now() + QUIET_MS;
    for (let times = 0; ;) {
      const answer = await office(running).get("/api/system/reconciliation");
      if (isAway(answer) && Date.now() < deadline) {
        await pause(50);
        continue;
      }
      const { status, body } = answer;
      expect(status, JSON.stringify(body)).toBe(200);
      const result = body as Reconciliation;
      times = result.quiet && result.reservations === 0 ? times + 1 : 0;
      if (times === 2 || Date.now() > deadline) return result;
      await pause(50);
    }
  }

  return {
    till,
    office,
    sale(kind: Kind): Sale {
      const lines =
        kind === "short" ? [line(samusa), line(falooda, 99)] : [line(samusa, 2), line(water)];
      const token = TOKENS[kind] ?? `sim_${kind}`;
      const paid = kind === "cash" ? {} : { payment: { method: "card", token } };
      const one: Sale = { key: randomUUID(), body: order(lines, paid), status: ENDS[kind] ?? 201 };
      sales.push(one);
      return one;
    },
    /** Sends it; without an answer when the process dies first. */
    send: (running: Server, asked: Sale): Promise<Answer | undefined> =>
      till(running)
        .place(asked.body, asked.key)
        .catch(() => undefined),
    settle,
    cancel,
    settleCancel,
    /** Everything adds up: in the books, in the stores, and with what the guests were told since the start. */
    async check(running: Server): Promise<void> {
      // What an earlier test did not see to its end.
      for (const sale of sales) if (!sale.answer) await settle(running, sale);
      const books = await quiet(running);
      expect(books).toMatchObject({ quiet: true, differences: [], openSagas: 0, reservations: 0 });
      const placed = sales.flatMap(({ answer }) =>
        answer?.status === 201 ? [answer.body.id] : [],
      );
      expect(new Set(placed).size).toBe(placed.length);
      expect(books.orders).toBe(placed.length);
      const cancelled = sales.filter((one) => one.cancelled !== undefined);
      expect(books.cancelled).toBe(cancelled.length);
      expect(books.sold).toBe(3 * (placed.length - cancelled.length));
      expect(books.captured - books.refunded).toBe(books.ordersTotal);
      if (stores) expect(await brokenInvariants(stores)).toEqual({});
    },
  };
}

/** As a process of its own, started once so that the sample is loaded. Without `stores` on its own embedded ones,
 *  which die with it. */
export async function openRestaurant(stores?: Stores) {
  const place = await createProcessFolder({ armed: true });
  const start = () => place.start(stores?.env);
  const first = await start();
  const guests = await createGuests(first, stores);
  await first.end("SIGKILL");
  return {
    ...guests,
    start,
    /** For an order that a dead process left: not after the time of its lease, but at once. */
    async restart(): Promise<RunningProcess> {
      await stores?.letLeasesRunOut();
      return start();
    },
    /** Starts it to die at this point, mostly before it is ready. */
    async dieStartingAt(point: string): Promise<void> {
      await stores?.letLeasesRunOut();
      const { output, code } = await place.run({ ...stores?.env, TIFFIN_CRASH_AT: point });
      expect(code, `ended by itself before ${point}:\n${output}`).toBeNull();
    },
    close: () => place.remove(),
  };
}

/** What a person is told: all but the id of the request itself. */
function told({ status, body }: Answer) {
  return { status, body: { ...(body as object), requestId: "" } };
}
