import { expect, it } from "vitest";
import { refundWords } from "./refund.js";

const payment = { id: "p", method: "card", status: "refund-pending" } as const;

it("promises money only while it goes back by itself", () => {
  expect(refundWords({ payment })).toBe("orders.refund-pending");
  expect(refundWords({ payment, cancellation: {} })).toBe("orders.refund-pending");
  const attention = '"refund" was refused';
  expect(refundWords({ payment, cancellation: { attention } })).toBe("orders.refund-stuck");
  const settled = { ...payment, status: "refund-abandoned" } as const;
  expect(refundWords({ payment: settled })).toBe("orders.refund-settled");
  const back = { ...payment, status: "refunded" } as const;
  expect(refundWords({ payment: back })).toBe("orders.cancelled");
});
