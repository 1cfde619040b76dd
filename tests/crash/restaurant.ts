// A restaurant whose server is killed: it remembers every request, repeats each with its own key, and compares.
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import type { Reconciliation } from "../../src/system/contract.js";
import { createProcessFolder, type RunningProcess } from "../system/process.js";
import { type Answer, line, order, Till } from "../system/tiffin.js";

export interface Sale {
  readonly key: string;
  readonly body: object;
  /** The only right end: placed, declined (402), too little stock (409) or given up as too slow (503). */
  readonly status: 201 | 402 | 409 | 503;
  answer?: Answer | undefined;
  /** Then the portions: 3 back to stock, or 2 of them waste. */
  cancelled?: "restock" | "waste";
}

export type Kind =
  "cash" | "approve" | "decline" | "unknown" | "refund-unknown" | "short" | `slow_${number}`;

const TOKENS: Record<string, string> = {
  approve: "sim_approve",
  decline: "sim_decline",
  unknown: "sim_unknown_captured",
  "refund-unknown": "sim_refund_unknown",
  short: "sim_approve",
};
/** Slower than the saga's deadline: so slow that it is given up, and captured all the same a moment later. */
export const TOO_SLOW_MS = 32_000;
const ENDS: Record<string, Sale["status"]> = {
  decline: 402,
  short: 409,
  [`slow_${TOO_SLOW_MS}`]: 503,
};
const WAIT_MS = 60_000;
const MUCH = 500;

export type Restaurant = Awaited<ReturnType<typeof openRestaurant>>;

/** Starts it once, so that the sample is loaded, and stocks it for a long evening. */
export async function openRestaurant(env: Record<string, string> = {}) {
  const place = await createProcessFolder();
  const cashier = { token: "" };
  const manager = { token: "" };
  const till = (running: RunningProcess) => new Till(running.url, cashier.token);
  const office = (running: RunningProcess) => new Till(running.url, manager.token);

  const start = (more: Record<string, string> = {}) => place.start({ ...env, ...more });
  const first = await start();
  cashier.token = (await first.signIn("Cashier", "2222")).token;
  manager.token = (await first.signIn("Manager", "1111")).token;
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
  await first.end("SIGKILL");

  function sale(kind: Kind): Sale {
    const lines =
      kind === "short" ? [line(samusa), line(falooda, 99)] : [line(samusa, 2), line(water)];
    const token = TOKENS[kind] ?? `sim_${kind}`;
    const paid = kind === "cash" ? {} : { payment: { method: "card", token } };
    return { key: randomUUID(), body: order(lines, paid), status: ENDS[kind] ?? 201 };
  }

  /** Sends it and keeps the answer; without one when the process dies first. */
  async function send(running: RunningProcess, asked: Sale): Promise<Answer | undefined> {
    return till(running)
      .place(asked.body, asked.key)
      .catch(() => undefined);
  }

  /** Repeats until it is decided. The answer must be right, and the one that was given before. */
  async function settle(running: RunningProcess, asked: Sale): Promise<Answer> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const answer = await till(running).place(asked.body, asked.key);
      if (answer.status !== 202 || Date.now() > deadline) {
        expect(answer.status, `${JSON.stringify(answer.body)}\n${running.output()}`).toBe(
          asked.status,
        );
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
    running: RunningProcess,
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
    running: RunningProcess,
    sale: Sale,
    stock: "restock" | "waste",
  ): Promise<Answer> {
    sale.cancelled = stock;
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const answer = await cancel(running, sale, stock);
      if ((answer && answer.status !== 202) || Date.now() > deadline) {
        expect(answer?.status, `${JSON.stringify(answer?.body)}\n${running.output()}`).toBe(200);
        expect(answer?.body).toMatchObject({ status: "cancelled", version: 2 });
        return answer as Answer;
      }
      await pause(100);
    }
  }

  async function quiet(running: RunningProcess): Promise<Reconciliation> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const { status, body } = await office(running).get("/api/system/reconciliation");
      expect(status).toBe(200);
      const result = body as Reconciliation;
      if ((result.quiet && result.reservations === 0) || Date.now() > deadline) return result;
      await pause(100);
    }
  }

  const sales: Sale[] = [];
  return {
    folder: place,
    start,
    till,
    office,
    sale(kind: Kind): Sale {
      const one = sale(kind);
      sales.push(one);
      return one;
    },
    send,
    settle,
    cancel,
    settleCancel,
    /** Everything adds up: in the books, and with what the guests were told since the restaurant opened. */
    async check(running: RunningProcess): Promise<void> {
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
    },
    close: () => place.remove(),
  };
}

/** What a person is told: all but the id of the request itself. */
function told({ status, body }: Answer) {
  return { status, body: { ...(body as object), requestId: "" } };
}
