// The book of payments, page by page, as reconciliation reads it to the end.
import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { rewriteHistory } from "../../platform/db/testing.js";
import { readById } from "../../system/pages.js";
import { createSimulator } from "./gateway/simulator.js";
import { card, cash, open, paymentOf, refusalOf, test, usePayments } from "./testing.js";

usePayments();

it("is read to its end with each payment once, in the order of their orders' ids", async () => {
  const payments = open();
  const orders = Array.from({ length: 7 }, () => randomUUID());
  for (const orderId of orders) await payments.charge(cash(orderId));
  const read = readById(
    (after) => payments.books.page({ limit: 2, ...(after && { after }) }),
    (payment) => payment.orderId,
    2,
  );
  const found: string[] = [];
  for await (const { orderId } of read) found.push(orderId);
  expect(found).toEqual(orders.toSorted());
});

it("says that a refund waits for an answer, until its order is reversed", async () => {
  const silent = {
    ...createSimulator(test.database),
    refund: () => Promise.resolve({ kind: "unknown", cause: "no answer" } as const),
  };
  const orderId = randomUUID();
  await open().charge(card(orderId));
  const asked = { orderId, key: "k", reason: "The soup was cold" };
  await refusalOf(open({ gateway: silent }).refund(asked));
  expect((await open().books.summary()).faults).toEqual([]);
  const { id } = await paymentOf(orderId);
  await rewriteHistory(
    test.url,
    `update payments.refunds set requested_at = now() - interval '2 minutes' where payment_id = '${id}'`,
  );
  expect((await open().books.summary()).faults).toEqual([
    expect.stringMatching(/^1 refunds wait for the gateway's answer; ask again/),
  ]);
  // From here on what reverses the order asks, or a person settles it.
  const reverse = { orderId, reason: "The order was cancelled" };
  await refusalOf(open({ gateway: silent }).reverse(reverse));
  expect((await open().books.summary()).faults).toEqual([]);
  await open().reverse(reverse);
  expect((await paymentOf(orderId)).refunded).toBe(3675);
});

it("says so no more when somebody asked again and the answer came", async () => {
  const orderId = randomUUID();
  await open().charge(card(orderId, "sim_refund_unknown"));
  const asked = { orderId, key: "k", reason: "The soup was cold" };
  await refusalOf(open().refund(asked));
  await open().refund(asked);
  expect((await open().books.summary()).faults).toEqual([]);
});

it("tells a card that the gateway has not answered for, after a minute", async () => {
  const orderId = randomUUID();
  await refusalOf(open().charge(card(orderId, "sim_unknown_captured")));
  const told = async () =>
    (await open().books.page({ limit: 1000 })).find((line) => line.orderId === orderId);
  expect(await told()).toMatchObject({ captured: 0, unanswered: false });
  await rewriteHistory(
    test.url,
    `update payments.payments set created_at = now() - interval '2 minutes' where order_id = '${orderId}'`,
  );
  expect(await told()).toMatchObject({ captured: 0, unanswered: true });
  await open().charge(card(orderId, "sim_unknown_captured"));
  expect(await told()).toMatchObject({ captured: 3675, unanswered: false });
});

it("tells which payment differs from its refunds", async () => {
  const orderId = randomUUID();
  await open().charge(cash(orderId));
  const refund = (refunded: number) =>
    test.database.kysely
      .updateTable("payments")
      .set({ refunded })
      .where("orderId", "=", orderId)
      .execute();
  await refund(100);
  const wrong = (await open().books.page({ limit: 1_000 })).filter(({ faults }) => faults.length);
  expect(wrong).toMatchObject([
    { orderId, faults: ["its payment differs from the sum of its refunds"] },
  ]);
  await refund(0);
});
