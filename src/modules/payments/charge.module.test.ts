// Charging against a real PostgreSQL: money is taken once or not at all, whatever is repeated, lost, killed or raced.
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import type { Gateway } from "./gateway/gateway.js";
import { createSimulator } from "./gateway/simulator.js";
import type { PaymentsDatabase } from "./repository/payments.js";
import {
  CAPTURED,
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

describe("a cash charge", () => {
  it("takes the amount and tells the change", async () => {
    const orderId = randomUUID();
    expect(await open().charge(cash(orderId))).toMatchObject({
      method: "cash",
      status: "captured",
      amount: mmk(3675),
      tendered: mmk(5000),
      change: mmk(1325),
    });
    expect(await toldOf(orderId)).toEqual([CAPTURED]);
  });

  it("gives the same answer and one event when it is repeated, also at the same moment", async () => {
    const payments = open();
    const other = open();
    const orderId = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? payments : other).charge(cash(orderId))),
    );
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    expect(await payments.charge(cash(orderId))).toEqual(answers[0]);
    expect(await toldOf(orderId)).toEqual([CAPTURED]);
  });

  it("takes nothing when the cash is too little or foreign", async () => {
    const orderId = randomUUID();
    expect(await refusalOf(open().charge(cash(orderId, 3675, 3000)))).toMatchObject({
      code: "TENDER_TOO_SMALL",
      status: 422,
      data: { due: mmk(3675), tendered: mmk(3000) },
    });
    expect(await toldOf(orderId)).toEqual([]);
    await expect(paymentOf(orderId)).rejects.toThrow();
  });

  it("refuses another amount or method for the same order", async () => {
    const orderId = randomUUID();
    const payments = open();
    await payments.charge(cash(orderId));
    expect((await refusalOf(payments.charge(cash(orderId, 4000)))).code).toBe("CHARGE_MISMATCH");
    expect((await refusalOf(payments.charge(card(orderId)))).code).toBe("CHARGE_MISMATCH");
  });

  it("shares commits among many orders without mixing them up", async () => {
    const payments = open();
    const orders = Array.from({ length: 250 }, (_, i) => ({ orderId: randomUUID(), due: 100 + i }));
    const answers = await Promise.all(
      orders.map(({ orderId, due }) => payments.charge(cash(orderId, due, 1000))),
    );
    expect(answers.map((answer) => answer.amount.amount)).toEqual(orders.map(({ due }) => due));
    expect(answers.map((answer) => answer.change?.amount)).toEqual(
      orders.map(({ due }) => 1000 - due),
    );
  });
});

describe("a card charge", () => {
  it("captures through the gateway, once however often it is repeated", async () => {
    const payments = open();
    const orderId = randomUUID();
    const first = await payments.charge(card(orderId));
    expect(await payments.charge(card(orderId))).toEqual(first);
    expect(first).not.toHaveProperty("change");
    expect(await heldByGateway(orderId)).toBe(3675);
    expect(await toldOf(orderId)).toEqual([CAPTURED]);
  });

  it.each(["sim_decline", "no-such-token"])("is declined with a code: %s", async (token) => {
    const payments = open();
    const orderId = randomUUID();
    const refusal = await refusalOf(payments.charge(card(orderId, token)));
    expect(refusal).toMatchObject({ code: "PAYMENT_DECLINED", status: 402 });
    expect(await refusalOf(payments.charge(card(orderId, token)))).toEqual(refusal);
    expect(await heldByGateway(orderId)).toBe(0);
    expect(await toldOf(orderId)).toEqual([]);
  });

  it("keeps no token: not in rows, not in events", async () => {
    const orderId = randomUUID();
    const token = "tok_very_secret_4242";
    await refusalOf(open().charge(card(orderId, token)));
    const { rows } = await sql<{ text: string }>`
      select jsonb_agg(payments)::text || (select coalesce(jsonb_agg(gateway_attempts), '[]')::text from gateway_attempts)
        || (select coalesce(jsonb_agg(outbox), '[]')::text from outbox)
        || (select coalesce(jsonb_agg(simulator_charges), '[]')::text from simulator_charges) as text
      from payments`.execute(test.database.kysely);
    expect(rows[0]?.text).toContain(orderId);
    expect(rows[0]?.text).not.toContain("very_secret");
    expect((await paymentOf(orderId)).cardEnding).toBe("4242");
  });

  it("stays pending when the answer is lost, and finds the money by the same key", async () => {
    const payments = open();
    const orderId = randomUUID();
    const lost = await refusalOf(payments.charge(card(orderId, "sim_unknown_captured")));
    expect(lost).toMatchObject({ code: "PAYMENT_PENDING", status: 503 });
    expect((await paymentOf(orderId)).status).toBe("pending");
    const found = await payments.charge(card(orderId, "sim_unknown_captured"));
    expect(lost.data).toEqual({ paymentId: found.id });
    expect(await heldByGateway(orderId)).toBe(3675);
    expect(await toldOf(orderId)).toEqual([CAPTURED]);
  });

  it("sends a lost request again by the same key, then closes the key and says no", async () => {
    const payments = open();
    const orderId = randomUUID();
    const codes: string[] = [];
    for (let attempt = 0; attempt < 4; attempt++) {
      codes.push((await refusalOf(payments.charge(card(orderId, "sim_unknown_lost")))).code);
    }
    expect(codes).toEqual([
      "PAYMENT_PENDING",
      "PAYMENT_PENDING",
      "PAYMENT_PENDING",
      "PAYMENT_DECLINED",
    ]);
    expect(await heldByGateway(orderId)).toBe(0);
    const late = await createSimulator(test.database).charge(
      { key: (await paymentOf(orderId)).id, amount: mmk(3675), token: "sim_approve" },
      new AbortController().signal,
    );
    expect(late).toEqual({ kind: "cancelled" });
  });

  it("does not wait for ever: a slow gateway is asked again later", async () => {
    const payments = open({ gatewayDeadlineMs: 50 });
    const orderId = randomUUID();
    expect((await refusalOf(payments.charge(card(orderId, "sim_slow_400")))).code).toBe(
      "PAYMENT_PENDING",
    );
    expect((await refusalOf(payments.charge(card(orderId, "sim_slow_400")))).code).toBe(
      "PAYMENT_PENDING",
    );
    await new Promise((resolve) => setTimeout(resolve, 450));
    expect((await payments.charge(card(orderId, "sim_slow_400"))).status).toBe("captured");
    expect(await heldByGateway(orderId)).toBe(3675);
  });

  it("captures once when the process dies between the gateway's answer and the commit", async () => {
    const orderId = randomUUID();
    let died = 0;
    const dying: PaymentsDatabase = {
      ...test.database,
      run: (statement, values, tx) => {
        if (statement.name === "payments.settle" && died++ === 0) {
          return Promise.reject(new Error("killed"));
        }
        return test.database.run(statement, values, tx);
      },
    };
    await expect(open({ database: dying }).charge(card(orderId))).rejects.toThrow();
    expect(await heldByGateway(orderId)).toBe(3675);
    expect((await paymentOf(orderId)).status).toBe("pending");

    const restarted = open();
    expect((await restarted.charge(card(orderId))).status).toBe("captured");
    expect(await heldByGateway(orderId)).toBe(3675);
    expect(await toldOf(orderId)).toEqual([CAPTURED]);
  });

  it("captures once when another process learns of the answer while it is on its way to this one", async () => {
    const orderId = randomUUID();
    const simulator = createSimulator(test.database);
    const gateway: Gateway = {
      ...simulator,
      async charge(request, signal) {
        const outcome = await simulator.charge(request, signal);
        expect((await open().charge(card(orderId))).status).toBe("captured");
        return outcome;
      },
    };
    expect((await open({ gateway }).charge(card(orderId))).status).toBe("captured");
    expect(await heldByGateway(orderId)).toBe(3675);
    expect(await toldOf(orderId)).toEqual([CAPTURED]);
  });

  it("captures once when two processes drive the same order", async () => {
    for (let round = 0; round < 10; round++) {
      const orderId = randomUUID();
      const calls = [open(), open(), open()].map((payments) =>
        payments.charge(card(orderId, "sim_slow_20")),
      );
      await Promise.allSettled(calls);
      const answer = await open().charge(card(orderId, "sim_slow_20"));
      expect(answer.status).toBe("captured");
      expect(await heldByGateway(orderId)).toBe(3675);
      expect(await toldOf(orderId)).toEqual([CAPTURED]);
    }
  });
});
