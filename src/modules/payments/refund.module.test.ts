// Refunds, the rules that the database itself holds, and the reads, against a real PostgreSQL.
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { money } from "#platform/kernel";
import { query, rewriteHistory } from "../../platform/db/testing.js";
import type { Gateway } from "./gateway/gateway.js";
import { createSimulator } from "./gateway/simulator.js";
import {
  CAPTURED,
  REFUNDED,
  card,
  cash,
  heldByGateway,
  mmk,
  open,
  paymentOf,
  refusalOf,
  test,
  toldOf,
  usePayments,
} from "./testing.js";

usePayments();

const ask = (orderId: string, key: string, amount?: number) => ({
  orderId,
  key,
  reason: "The soup was cold",
  ...(amount !== undefined && { amount: mmk(amount) }),
});

describe("a refund", () => {
  it("gives back a part, repeats by its key, and then gives the rest", async () => {
    const payments = open();
    const orderId = randomUUID();
    await payments.charge(card(orderId));
    const first = await payments.refund(ask(orderId, "k1", 675));
    expect(first).toMatchObject({ amount: mmk(675), refunded: mmk(675), left: mmk(3000) });
    expect((await payments.refund(ask(orderId, "k1", 675))).refundId).toBe(first.refundId);
    expect(await payments.refundable({ orderId })).toEqual({ refundable: mmk(3000) });
    expect((await refusalOf(payments.refund(ask(orderId, "k1", 676)))).code).toBe(
      "REFUND_KEY_REUSED",
    );
    expect(await payments.refund(ask(orderId, "k2"))).toMatchObject({
      amount: mmk(3000),
      left: mmk(0),
    });
    expect(await heldByGateway(orderId)).toBe(0);
    expect(await toldOf(orderId)).toEqual([CAPTURED, REFUNDED, REFUNDED]);
  });

  it("refuses what exceeds the rest, and an order without a captured payment", async () => {
    const payments = open();
    const orderId = randomUUID();
    expect((await refusalOf(payments.refund(ask(orderId, "k")))).code).toBe("NOTHING_TO_REFUND");
    expect((await refusalOf(payments.refundable({ orderId }))).code).toBe("NOT_FOUND");
    await payments.charge(cash(orderId));
    expect(await refusalOf(payments.refund(ask(orderId, "k", 3676)))).toMatchObject({
      code: "REFUND_TOO_LARGE",
      data: { refundable: mmk(3675) },
    });
  });

  it("says what helps: where all was given back, in another currency, and for nothing", async () => {
    const payments = open();
    const orderId = randomUUID();
    await payments.charge(cash(orderId));
    const dollars = { ...ask(orderId, "k"), amount: money(1, "USD") };
    expect(await refusalOf(payments.refund(dollars))).toMatchObject({
      code: "INVALID_INPUT",
      data: { errors: [{ path: "amount.currency", message: expect.stringContaining("MMK") }] },
    });
    expect(await refusalOf(payments.refund(ask(orderId, "k", 0)))).toMatchObject({
      code: "INVALID_INPUT",
      data: { errors: [{ path: "amount", message: "Give back more than nothing" }] },
    });
    await payments.refund(ask(orderId, "k"));
    for (const amount of [undefined, 1])
      expect(await refusalOf(payments.refund(ask(orderId, "other", amount)))).toMatchObject({
        code: "NOTHING_TO_REFUND",
        message:
          "All the money of this order was given back, or is on its way back. Look at its payment.",
      });
  });

  it("by 16 at once never exceeds what was captured", async () => {
    for (const of of [cash, card]) {
      const orderId = randomUUID();
      await open().charge(of(orderId));
      const calls = Array.from({ length: 16 }, (_, i) =>
        open().refund(ask(orderId, `k${i}`, 1000)),
      );
      const settled = await Promise.allSettled(calls);
      expect(settled.filter((one) => one.status === "fulfilled")).toHaveLength(3);
      expect((await paymentOf(orderId)).refunded).toBe(3000);
      expect((await toldOf(orderId)).filter((name) => name === REFUNDED)).toHaveLength(3);
    }
  });

  it("with one key by 16 at once is one refund", async () => {
    const orderId = randomUUID();
    await open().charge(card(orderId));
    const calls = Array.from({ length: 16 }, () => open().refund(ask(orderId, "same", 1000)));
    const given = await Promise.all(calls);
    expect(new Set(given.map((one) => one.refundId)).size).toBe(1);
    expect(await heldByGateway(orderId)).toBe(2675);
    expect((await toldOf(orderId)).filter((name) => name === REFUNDED)).toHaveLength(1);
  });

  it("counts while it is pending, so that the next one cannot exceed the rest", async () => {
    const silent: Gateway = {
      ...createSimulator(test.database),
      refund: () => new Promise(() => undefined),
    };
    const orderId = randomUUID();
    await open().charge(card(orderId));
    const waiting = open({ gateway: silent, gatewayDeadlineMs: 30 });
    expect((await refusalOf(waiting.refund(ask(orderId, "k1", 3000)))).code).toBe(
      "PAYMENT_PENDING",
    );
    expect((await refusalOf(open().refund(ask(orderId, "k2", 1000)))).code).toBe(
      "REFUND_TOO_LARGE",
    );
    expect((await open().refund(ask(orderId, "k1", 3000))).left).toEqual(mmk(675));
    expect(await heldByGateway(orderId)).toBe(675);
  });
});

describe("the database", () => {
  it("refuses to capture above what was authorised, and to refund above what was captured", async () => {
    const orderId = randomUUID();
    await open().charge(cash(orderId));
    const set = (column: "captured" | "refunded", value: number) =>
      rewriteHistory(
        test.url,
        `update payments.payments set ${column} = ${value} where order_id = '${orderId}'`,
      );
    await expect(set("captured", 3676)).rejects.toThrow("captured_within_authorised");
    await expect(set("refunded", 3676)).rejects.toThrow("refunded_within_captured");
    await expect(set("refunded", -1)).rejects.toThrow("refunded_check");
  });

  it("refuses a payment that contradicts itself: its authorisation, its change, its state", async () => {
    const [paid, byCard] = [randomUUID(), randomUUID()];
    await open().charge(cash(paid));
    await open().charge(card(byCard));
    const set = (orderId: string, change: string) =>
      rewriteHistory(
        test.url,
        `update payments.payments set ${change} where order_id = '${orderId}'`,
      );
    for (const [orderId, change, rule] of [
      [paid, "authorised = 3676", '"payments_check"'],
      [paid, "change = 1324", "change_is_tendered_minus_amount"],
      [paid, "change = null, tendered = 3675", "change_is_tendered_minus_amount"],
      [byCard, "tendered = 3675, change = 0", "change_is_tendered_minus_amount"],
      [paid, "captured_at = null", "captured_when_captured"],
      [paid, "status = 'declined', captured_at = null", "captured_when_captured"],
      [byCard, "status = 'pending'", "captured_when_captured"],
      [paid, "currency = null", "method_and_currency"],
    ] as const) {
      await expect(set(orderId, change), change).rejects.toThrow(rule);
    }
  });

  it("refuses a refund of nothing, a second one of a key, and a second payment of an order", async () => {
    const orderId = randomUUID();
    await open().charge(cash(orderId));
    await open().refund(ask(orderId, "k", 75));
    const { id } = await paymentOf(orderId);
    const give = (key: string, amount: number) =>
      sql`insert into refunds (id, payment_id, key, amount, status, reason, requested_at)
        values (${randomUUID()}, ${id}, ${key}, ${amount}, 'pending', 'cold', now())`.execute(
        test.database.kysely,
      );
    await expect(give("k", 1)).rejects.toThrow("refunds_payment_id_key_key");
    await expect(give("other", 0)).rejects.toThrow("refunds_amount_check");
    const again = sql`insert into payments select (jsonb_populate_record(payments, jsonb_build_object('id', ${randomUUID()}::text))).*
      from payments where id = ${id}`;
    await expect(again.execute(test.database.kysely)).rejects.toThrow("payments_order_id_key");
  });

  it("keeps the gateway's ledger as it was written, whoever asks", async () => {
    await open().charge(card(randomUUID()));
    for (const statement of [
      "update payments.gateway_attempts set outcome = 'captured'",
      "delete from payments.gateway_attempts",
      "truncate payments.gateway_attempts",
    ]) {
      await expect(query(test.url, statement), statement).rejects.toThrow("history");
    }
    const asModule = sql`update gateway_attempts set outcome = 'captured'`;
    await expect(asModule.execute(test.database.kysely)).rejects.toThrow("history");
  });
});

describe("reads", () => {
  it("shows a payment with its refunds, and lists newest first in pages", async () => {
    const payments = open();
    const orders = [randomUUID(), randomUUID(), randomUUID()];
    for (const orderId of orders) await payments.charge(cash(orderId));
    const [, , newest] = orders;
    await payments.refund({ orderId: newest!, reason: "cold", key: "k", amount: mmk(75) });
    const first = await payments.list({ limit: 2 });
    expect(first.items.map((payment) => payment.orderId)).toEqual([orders[2], orders[1]]);
    const second = await payments.list({ limit: 1, cursor: first.nextCursor! });
    expect(second.items[0]?.orderId).toBe(orders[0]);
    const { items } = await payments.list({ orderId: newest! });
    expect(await payments.get({ id: items[0]!.id })).toMatchObject({
      refunded: mmk(75),
      refunds: [{ amount: mmk(75), status: "refunded", reason: "cold" }],
    });
    expect((await refusalOf(payments.get({ id: randomUUID() }))).code).toBe("NOT_FOUND");
  });

  it("gives the books for reconciliation: sums by method, and every payment in pages", async () => {
    const payments = open();
    const { payments: count, byMethod, faults } = await payments.books.summary();
    expect(faults).toEqual([]);
    let captured = 0;
    let pages = 0;
    let after: string | undefined;
    for (;;) {
      const lines = await payments.books.page({ limit: 100, ...(after && { after }) });
      captured += lines.reduce((total, line) => total + line.captured, 0);
      pages += lines.length;
      after = lines.at(-1)?.orderId;
      if (lines.length < 100) break;
    }
    expect(pages).toBe(count);
    expect(captured).toBe(byMethod.reduce((total, sums) => total + sums.captured, 0));
  });
});
