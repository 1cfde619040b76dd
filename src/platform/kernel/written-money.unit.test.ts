import { expect, it } from "vitest";
import { decimalsOf, writeMoney } from "./written-money.js";

it.each([
  ["MMK", 0, "1,250 MMK"],
  ["JPY", 0, "1,250 JPY"],
  ["USD", 2, "12.50 USD"],
  ["THB", 2, "12.50 THB"],
  ["KWD", 3, "1.250 KWD"],
])("%s has %i decimals: %s", (currency, decimals, written) => {
  expect(decimalsOf(currency)).toBe(decimals);
  expect(writeMoney({ amount: 1_250, currency })).toBe(written);
});
