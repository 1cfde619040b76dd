// Between the contract and the module: turns requests into commands and decisions into typed answers.
import { invalidInput } from "#platform/contract";
import { actorOf, implementContract } from "#platform/http";
import { money } from "#platform/kernel";
import { createCharge, createSettle } from "./commands/charge.js";
import type { PaymentsParts } from "./commands/parts.js";
import { createRefunds } from "./commands/refund.js";
import { contract } from "./contract.js";
import {
  findRefundable,
  getMoneyOfOrder,
  getPaymentWithRefunds,
  listPaymentPage,
  readBook,
  summarize,
  toPayment,
} from "./queries.js";
import { refundable } from "./rules.js";

export function createRouter(parts: PaymentsParts) {
  const { database } = parts;
  const settle = createSettle(parts);
  const charge = createCharge(parts, settle);
  const { reverse, refund } = createRefunds(parts, settle);
  const payments = implementContract(contract);

  return payments.router({
    charge: payments.charge.handler(async ({ input, context, errors }) => {
      const charged = await charge(input, context.trace || null);
      if (!charged) {
        const tendered = input.payment.method === "cash" ? input.payment.tendered : input.amount;
        throw errors.TENDER_TOO_SMALL({ data: { due: input.amount, tendered } });
      }
      const { row, answer } = charged;
      switch (answer.kind) {
        case "declined":
          throw errors.PAYMENT_DECLINED({ data: { code: answer.code } });
        case "pending":
          throw errors.PAYMENT_PENDING({ data: { paymentId: row.id } });
        case "barred":
          throw errors.CHARGE_BARRED();
        case "mismatch":
          throw errors.CHARGE_MISMATCH();
        default: {
          const { id, method, amount, tendered, change } = toPayment(row);
          return {
            id,
            method,
            status: "captured",
            amount,
            ...(tendered && { tendered }),
            ...(change && { change }),
          };
        }
      }
    }),
    reverse: payments.reverse.handler(async ({ input, context, errors }) => {
      const reversing = await reverse(input, context.trace || null);
      switch (reversing.kind) {
        case "pending": {
          const { paymentId, refundId } = reversing;
          const refund = refundId && {
            message: `The card gateway has not said whether the money went back. Look there by ${refundId} before it is given another way.`,
          };
          throw errors.PAYMENT_PENDING({ ...refund, data: { paymentId } });
        }
        case "refused":
          throw errors.REFUND_REFUSED({ data: { code: reversing.code } });
        default:
          return { status: reversing.status };
      }
    }),
    refund: payments.refund.handler(async ({ input, context, errors }) => {
      const refunding = await refund({ ...input, by: actorOf(context) }, context.trace || null);
      switch (refunding.kind) {
        case "pending":
          throw errors.PAYMENT_PENDING({ data: { paymentId: refunding.paymentId } });
        case "refused":
          throw errors.REFUND_REFUSED({ data: { code: refunding.code } });
        case "not-captured":
        case "barred":
          throw errors.NOTHING_TO_REFUND();
        case "all-given":
          throw errors.NOTHING_TO_REFUND({
            message:
              "All the money of this order was given back, or is on its way back. Look at its payment.",
          });
        case "key-reused":
          throw errors.REFUND_KEY_REUSED();
        case "foreign":
          throw invalidInput({
            path: "amount.currency",
            message: `This order was paid in ${refunding.currency}. Give the amount in it.`,
          });
        case "too-much": {
          const left = money(refunding.refundable, refunding.currency);
          throw errors.REFUND_TOO_LARGE({ data: { refundable: left } });
        }
        default: {
          const { row, refund: given } = refunding;
          const of = (amount: number) => money(amount, row.currency ?? "");
          return {
            refundId: given.id,
            amount: of(given.amount),
            refunded: of(row.refunded),
            left: of(refundable(row)),
          };
        }
      }
    }),
    refundable: payments.refundable.handler(async ({ input, errors }) => {
      const left = await findRefundable(database, input.orderId);
      if (!left) throw errors.NOT_FOUND();
      return { refundable: left };
    }),
    get: payments.get.handler(async ({ input, errors }) => {
      const payment = await getPaymentWithRefunds(database, input.id);
      if (!payment) throw errors.NOT_FOUND();
      return payment;
    }),
    list: payments.list.handler(({ input }) => listPaymentPage(database, input)),
    byOrder: payments.byOrder.handler(
      async ({ input }) =>
        (await getMoneyOfOrder(database, input.orderId)) ?? { refunds: [], attempts: [] },
    ),
    books: {
      summary: payments.books.summary.handler(() => summarize(database)),
      page: payments.books.page.handler(({ input }) =>
        readBook(database, input.after, input.limit),
      ),
    },
  });
}
