// Amounts as money in the currency of the books.
import { type Money, money } from "#platform/kernel";

/** ISO 4217 for "no currency": until the first sale there is none, and every amount is 0. */
export const NO_CURRENCY = "XXX";

export type In = (amount: number) => Money;
export const inCurrency =
  (currency: string | null): In =>
  (amount) =>
    money(amount, currency ?? NO_CURRENCY);
