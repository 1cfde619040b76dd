// The book of payments, page by page, as reconciliation reads it to the end.
import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { readById } from "../../system/pages.js";
import { cash, open, usePayments } from "./testing.js";

usePayments();

it("is read to its end with each payment once, whatever the order of their orders' ids", async () => {
  const payments = open();
  const orders = Array.from({ length: 7 }, () => randomUUID());
  for (const orderId of orders) await payments.charge(cash(orderId));
  const read = await readById(
    (after) => payments.books.page({ limit: 2, ...(after && { after }) }),
    (payment) => payment.paymentId,
    2,
  );
  expect(read.map((payment) => payment.orderId)).toEqual(orders);
});
