// The decisions about money, each alone.
import { array, assert, integer, option, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { money } from "#platform/kernel";
import { attemptOf } from "./commands/parts.js";
import { ask } from "./gateway/gateway.js";
import { scriptOf } from "./gateway/simulator.js";
import {
  answerOf,
  changeFor,
  decideRefund,
  endingOf,
  nextForUnseen,
  reversalKey,
  reversalOf,
  settlementOf,
} from "./rules.js";
import type { PaymentsTable, RefundsTable } from "./schema.js";

const mmk = (amount: number) => money(amount, "MMK");
const at = new Date("2026-11-23T05:00:00Z");
const captured: PaymentsTable = {
  id: "p1",
  orderId: "o1",
  method: "card",
  status: "captured",
  currency: "MMK",
  amount: 3500,
  authorised: 3500,
  captured: 3500,
  refunded: 0,
  tendered: null,
  change: null,
  cardEnding: null,
  declineCode: null,
  barredAt: null,
  barredReason: null,
  createdAt: at,
  capturedAt: at,
};
const refund = (over: Partial<RefundsTable>): RefundsTable => ({
  id: "r1",
  paymentId: "p1",
  key: "k1",
  amount: 500,
  status: "refunded",
  reason: "cold",
  refusalCode: null,
  requestedAt: at,
  settledAt: at,
  ...over,
});

describe("changeFor", () => {
  it("gives back what was handed over too much", () => {
    expect(changeFor(mmk(3675), mmk(5000))).toEqual(mmk(1325));
    expect(changeFor(mmk(3675), mmk(3675))).toEqual(mmk(0));
  });
  it("refuses too little, and money of another country", () => {
    expect(changeFor(mmk(3675), mmk(3674))).toBeUndefined();
    expect(changeFor(mmk(3675), money(5000, "USD"))).toBeUndefined();
  });
});

describe("answerOf", () => {
  const asked = { method: "card", amount: mmk(3500) };
  it.each<[string, Partial<PaymentsTable>, object]>([
    ["captured", {}, { kind: "captured" }],
    ["pending", { status: "pending" }, { kind: "pending" }],
    [
      "declined with its code",
      { status: "declined", declineCode: "card-declined" },
      { kind: "declined", code: "card-declined" },
    ],
    ["not taken", { status: "cancelled" }, { kind: "declined", code: "not-taken" }],
    ["barred, even when captured", { barredAt: at }, { kind: "barred" }],
    [
      "barred, before any charge",
      { barredAt: at, method: null, currency: null },
      { kind: "barred" },
    ],
    ["a mismatch of amount", { amount: 3501 }, { kind: "mismatch" }],
    ["a mismatch of method", { method: "cash" }, { kind: "mismatch" }],
    ["a mismatch of currency", { currency: "USD" }, { kind: "mismatch" }],
  ])("answers %s", (_name, over, answer) => {
    expect(answerOf({ ...captured, ...over }, asked)).toEqual(answer);
  });
});

describe("settlementOf", () => {
  it("ends a payment on a definite answer only", () => {
    expect(settlementOf({ kind: "captured" })?.status).toBe("captured");
    expect(settlementOf({ kind: "declined", code: "x" })).toEqual({
      status: "declined",
      declineCode: "x",
    });
    expect(settlementOf({ kind: "cancelled" })?.status).toBe("cancelled");
    expect(settlementOf({ kind: "processing" })).toBeUndefined();
    expect(settlementOf({ kind: "unknown", cause: "late" })).toBeUndefined();
  });
  it("sends a lost charge again, but not for ever", () => {
    expect([0, 1, 2, 3, 9].map(nextForUnseen)).toEqual(["send", "send", "send", "close", "close"]);
  });
});

describe("reversalOf", () => {
  it("says what became of the money", () => {
    expect(reversalOf(captured)).toBe("refunded");
    expect(reversalOf({ ...captured, status: "cancelled" })).toBe("cancelled");
    expect(reversalOf({ ...captured, status: "cancelled", method: null })).toBe(
      "nothing-to-reverse",
    );
    expect(reversalOf({ ...captured, status: "declined" })).toBe("nothing-to-reverse");
  });
  it("asks under a new key only after the gateway refused the one before", () => {
    expect(reversalKey([])).toBe("reverse-0");
    expect(reversalKey([refund({ key: "reverse-0", status: "pending" })])).toBe("reverse-0");
    expect(reversalKey([refund({ key: "reverse-0", status: "refused" })])).toBe("reverse-1");
    expect(reversalKey([refund({ key: "k1", status: "refused" })])).toBe("reverse-0");
  });
});

describe("decideRefund", () => {
  it("gives back all that is left when no amount is named", () => {
    expect(decideRefund({ ...captured, refunded: 500 }, [], { key: "k2" })).toEqual({
      kind: "new",
      amount: 3000,
    });
  });
  it("repeats the refund of a known key, and refuses the key for another amount", () => {
    const refunds = [refund({})];
    expect(decideRefund(captured, refunds, { key: "k1" }).kind).toBe("repeat");
    expect(decideRefund(captured, refunds, { key: "k1", amount: mmk(500) }).kind).toBe("repeat");
    expect(decideRefund(captured, refunds, { key: "k1", amount: mmk(501) }).kind).toBe(
      "key-reused",
    );
    expect(decideRefund(captured, refunds, { key: "k1", amount: money(500, "USD") }).kind).toBe(
      "key-reused",
    );
  });
  it("gives nothing for what was not captured, or in another currency, or a second time", () => {
    expect(decideRefund({ ...captured, status: "pending" }, [], { key: "k" }).kind).toBe(
      "not-captured",
    );
    expect(decideRefund(captured, [], { key: "k", amount: money(1, "USD") }).kind).toBe("foreign");
    const given = { ...captured, refunded: 3500 };
    expect(decideRefund(given, [], { key: "k" }).kind).toBe("all-given");
    expect(decideRefund(given, [], { key: "k", amount: mmk(1) }).kind).toBe("all-given");
    expect(decideRefund(captured, [], { key: "k", amount: mmk(0) }).kind).toBe("too-much");
  });
  it("leaves the rest of an order that was given up to its reversal, and repeats what was asked before", () => {
    const barred = { ...captured, barredAt: at };
    expect(decideRefund(barred, [], { key: "k" }).kind).toBe("barred");
    expect(decideRefund(barred, [], { key: "reverse-0" }).kind).toBe("new");
    expect(decideRefund(barred, [refund({})], { key: "k1" }).kind).toBe("repeat");
  });
  it("never gives back more than was taken, whatever is asked in whatever order", () => {
    const asks = array(option(integer({ min: -10, max: 5000 }), { nil: undefined }));
    assert(
      property(asks, (amounts) => {
        let row = captured;
        const refunds: RefundsTable[] = [];
        for (const [index, amount] of amounts.entries()) {
          const key = `k${index % 3}`;
          const asked = { key, ...(amount !== undefined && { amount: mmk(amount) }) };
          const decision = decideRefund(row, refunds, asked);
          if (decision.kind !== "new") continue;
          refunds.push(refund({ key, amount: decision.amount }));
          row = { ...row, refunded: row.refunded + decision.amount };
        }
        expect(row.refunded).toBeGreaterThanOrEqual(0);
        expect(row.refunded).toBeLessThanOrEqual(row.captured);
      }),
    );
  });
});

describe("what a gateway says", () => {
  it("is kept as it can be stored, whatever it is", () => {
    const cause = `a\0b${"x".repeat(496)}😀`;
    const { detail } = attemptOf("charge", { kind: "unknown", cause });
    expect(detail).toBe(`a\uFFFDb${"x".repeat(496)}\uFFFD`);
    expect(attemptOf("find", { kind: "captured" }).detail).toBeNull();
  });
});

describe("a card's token", () => {
  it("is kept by its last characters only, and not at all when it is short", () => {
    expect(endingOf("tok_4f3a9b77")).toBe("9b77");
    expect(endingOf("1234567")).toBeNull();
    expect(endingOf("12345678😀bcd")).toBe("😀bcd");
  });
  it.each([
    ["sim_approve", { status: "captured" }],
    ["sim_decline", { status: "declined", code: "card-declined" }],
    ["sim_slow_250", { status: "captured", slowMs: 250 }],
    ["sim_unknown_captured", { status: "captured", answerLost: true }],
    ["sim_unknown_lost", { status: "lost" }],
    ["sim_refund_refused", { status: "captured", refunds: "refused" }],
    ["sim_refund_unknown", { status: "captured", refunds: "answer-lost" }],
    ["sim_slow_99999", { status: "declined", code: "unknown-token" }],
    ["sim_slow_-1", { status: "declined", code: "unknown-token" }],
    ["4111111111111111", { status: "declined", code: "unknown-token" }],
  ])("makes the simulator play its part: %s", (token, script) => {
    expect(scriptOf(token)).toEqual(script);
  });
});

describe("ask", () => {
  it("takes a gateway that is late, throws or hangs as one that has not answered", async () => {
    const never = () => new Promise<never>(() => undefined);
    expect(await ask(never, 10)).toEqual({ kind: "unknown", cause: "no answer within 10 ms" });
    const fails = () => Promise.reject(new Error("connection reset"));
    expect(await ask(fails, 1_000)).toEqual({ kind: "unknown", cause: "connection reset" });
  });
  it("tells the adapter to give up when time is over", async () => {
    let aborted = false;
    await ask(
      (signal) =>
        new Promise<never>(() => signal.addEventListener("abort", () => (aborted = true))),
      10,
    );
    expect(aborted).toBe(true);
  });
});
