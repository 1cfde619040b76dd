// Reversals against a real PostgreSQL: whatever became of the charge, the money ends with the guest.
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
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

describe("a reversal", () => {
  const reason = "The order was not placed";

  it("is harmless before the charge, harmless twice, and bars a late charge", async () => {
    const payments = open();
    const orderId = randomUUID();
    expect(await payments.reverse({ orderId, reason })).toEqual({ status: "nothing-to-reverse" });
    const bar = await paymentOf(orderId);
    const again = { orderId, reason: "The guest left" };
    expect(await payments.reverse(again)).toEqual({ status: "nothing-to-reverse" });
    expect(await paymentOf(orderId)).toEqual(bar);
    expect((await refusalOf(payments.charge(cash(orderId)))).code).toBe("CHARGE_BARRED");
    expect((await refusalOf(payments.charge(card(orderId)))).code).toBe("CHARGE_BARRED");
    expect(await toldOf(orderId)).toEqual([]);
  });

  it.each([
    ["cash", cash],
    ["card", card],
  ])("gives captured %s back once", async (_method, of) => {
    const payments = open();
    const orderId = randomUUID();
    await payments.charge(of(orderId));
    for (let twice = 0; twice < 2; twice++) {
      expect(await payments.reverse({ orderId, reason })).toEqual({ status: "refunded" });
    }
    expect(await heldByGateway(orderId)).toBe(0);
    expect(await paymentOf(orderId)).toMatchObject({ captured: 3675, refunded: 3675 });
    expect(await toldOf(orderId)).toEqual([CAPTURED, REFUNDED]);
    expect((await refusalOf(payments.charge(of(orderId)))).code).toBe("CHARGE_BARRED");
  });

  it("has nothing to do after a decline", async () => {
    const payments = open();
    const orderId = randomUUID();
    await refusalOf(payments.charge(card(orderId, "sim_decline")));
    expect(await payments.reverse({ orderId, reason })).toEqual({ status: "nothing-to-reverse" });
  });

  it("finds out first what became of a lost answer: money taken goes back", async () => {
    const payments = open();
    const orderId = randomUUID();
    await refusalOf(payments.charge(card(orderId, "sim_unknown_captured")));
    expect(await payments.reverse({ orderId, reason })).toEqual({ status: "refunded" });
    expect(await heldByGateway(orderId)).toBe(0);
    expect(await toldOf(orderId)).toEqual([CAPTURED, REFUNDED]);
  });

  it("cancels at the gateway what was not taken, so that a late request takes nothing", async () => {
    const payments = open({ gatewayDeadlineMs: 30 });
    const orderId = randomUUID();
    await refusalOf(payments.charge(card(orderId, "sim_slow_5000")));
    expect(await payments.reverse({ orderId, reason })).toEqual({ status: "cancelled" });
    expect(await payments.reverse({ orderId, reason })).toEqual({ status: "cancelled" });
    expect(await heldByGateway(orderId)).toBe(0);
  });

  it("closes over nothing while the gateway is silent", async () => {
    const silent: Gateway = {
      ...createSimulator(test.database),
      cancel: () => new Promise(() => undefined),
    };
    const orderId = randomUUID();
    await refusalOf(open().charge(card(orderId, "sim_unknown_captured")));
    const refusal = await refusalOf(
      open({ gateway: silent, gatewayDeadlineMs: 30 }).reverse({ orderId, reason }),
    );
    expect(refusal).toMatchObject({ code: "PAYMENT_PENDING", status: 503 });
    expect((await paymentOf(orderId)).status).toBe("pending");
    expect(await open().reverse({ orderId, reason })).toEqual({ status: "refunded" });
  });

  it("asks again under a new key after the gateway refused to give back", async () => {
    let refusals = 0;
    const simulator = createSimulator(test.database);
    const stubborn: Gateway = {
      ...simulator,
      refund: (request, signal) =>
        refusals++ === 0
          ? Promise.resolve({ kind: "refused", code: "no-funds" })
          : simulator.refund(request, signal),
    };
    const payments = open({ gateway: stubborn });
    const orderId = randomUUID();
    await payments.charge(card(orderId));
    expect(await refusalOf(payments.reverse({ orderId, reason }))).toMatchObject({
      code: "REFUND_REFUSED",
      data: { code: "no-funds" },
    });
    expect((await paymentOf(orderId)).refunded).toBe(0);
    expect(await payments.reverse({ orderId, reason })).toEqual({ status: "refunded" });
    expect(await heldByGateway(orderId)).toBe(0);
  });

  it("closes over no refund of a person that the gateway has not answered yet", async () => {
    const silent: Gateway = {
      ...createSimulator(test.database),
      refund: () => new Promise(() => undefined),
    };
    const deaf = open({ gateway: silent, gatewayDeadlineMs: 30 });
    for (const given of [3675, 1000]) {
      const orderId = randomUUID();
      await open().charge(card(orderId));
      const asked = { orderId, key: "k", reason: "cold", amount: mmk(given) };
      expect((await refusalOf(deaf.refund(asked))).code).toBe("PAYMENT_PENDING");
      expect((await refusalOf(deaf.reverse({ orderId, reason }))).code).toBe("PAYMENT_PENDING");
      expect(await heldByGateway(orderId)).toBe(3675);
      expect(await open().reverse({ orderId, reason })).toEqual({ status: "refunded" });
      expect(await heldByGateway(orderId)).toBe(0);
    }
  });

  it("is missed by no refund that a person asks for while it is under way", async () => {
    const silent: Gateway = {
      ...createSimulator(test.database),
      refund: () => new Promise(() => undefined),
    };
    const orderId = randomUUID();
    const asked = { orderId, key: "k", reason: "cold", amount: mmk(1000) };
    await open().charge(card(orderId));
    // After it listed what people gave back, and before it holds the rest.
    let raced: Awaited<ReturnType<typeof refusalOf>> | undefined;
    const between: typeof test.database = {
      ...test.database,
      async transaction(work) {
        raced = await refusalOf(open({ gateway: silent, gatewayDeadlineMs: 30 }).refund(asked));
        return test.database.transaction(work);
      },
    };
    expect(await open({ database: between }).reverse({ orderId, reason })).toEqual({
      status: "refunded",
    });
    expect(raced?.code).toBe("NOTHING_TO_REFUND");
    expect(await heldByGateway(orderId)).toBe(0);
  });

  it("gives back itself what the gateway refused to a person", async () => {
    const simulator = createSimulator(test.database);
    let answer: "unknown" | "refused" | undefined = "unknown";
    const wavering: Gateway = {
      ...simulator,
      refund: (request, signal) => {
        const now = answer;
        answer = now === "unknown" ? "refused" : undefined;
        if (now === "unknown") return Promise.resolve({ kind: now, cause: "no answer" });
        if (now === "refused") return Promise.resolve({ kind: now, code: "expired" });
        return simulator.refund(request, signal);
      },
    };
    const payments = open({ gateway: wavering });
    const orderId = randomUUID();
    await payments.charge(card(orderId));
    await refusalOf(payments.refund({ orderId, key: "k", reason: "cold", amount: mmk(1000) }));
    expect(await payments.reverse({ orderId, reason })).toEqual({ status: "refunded" });
    expect(await heldByGateway(orderId)).toBe(0);
    expect(await paymentOf(orderId)).toMatchObject({ captured: 3675, refunded: 3675 });
  });

  it("never touches another order's payment", async () => {
    const payments = open();
    const [mine, other] = [randomUUID(), randomUUID()];
    await Promise.all([payments.charge(card(mine)), payments.charge(card(other))]);
    await payments.reverse({ orderId: mine, reason });
    expect(await heldByGateway(other)).toBe(3675);
    expect(await paymentOf(other)).toMatchObject({ refunded: 0, barredAt: null });
  });

  it("racing a charge, leaves the money with the guest whoever comes first", async () => {
    for (let round = 0; round < 20; round++) {
      const orderId = randomUUID();
      const of = round % 2 ? card(orderId, `sim_slow_${round}`) : cash(orderId);
      const charging = open().charge(of);
      const reversing = open().reverse({ orderId, reason });
      await Promise.allSettled([charging, reversing]);
      await open().reverse({ orderId, reason });
      const { captured, refunded } = await paymentOf(orderId);
      expect(captured - refunded).toBe(0);
      expect(await heldByGateway(orderId)).toBe(0);
      expect((await refusalOf(open().charge(of))).code).toBe("CHARGE_BARRED");
    }
  });
});
