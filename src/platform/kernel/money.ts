// Money: an integer amount in a currency's smallest stored unit. No floats, no formatting for people.
// A rate is a decimal string ("0.05"), read as an exact fraction.
import { z } from "zod";

const CURRENCY = /^[A-Z]{3}$/;

/** `amount` counts the currency's stored unit: whole kyat for MMK (ADR 0007), cents for USD, fils for KWD. */
export const Money = z.strictObject({
  amount: z.int().meta({ description: "Integer, in the currency's stored unit" }),
  currency: z.string().regex(CURRENCY, "A currency is three capital letters, such as MMK"),
});
export type Money = z.infer<typeof Money>;

/** A decimal fraction such as "0.05"; at most 6 decimals, so that arithmetic stays exact. */
export const Rate = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,6})?$/, 'A rate is a decimal string, such as "0.05"');

export const money = (amount: number, currency: string): Money => ({ amount, currency });

/** Throws a RangeError beyond 2^53: an amount that is no longer exact must never be stored. */
export function exact(amount: number): number {
  if (!Number.isSafeInteger(amount))
    throw new RangeError(`Amount ${amount} is not an exact integer`);
  return amount;
}

export const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, amount) => exact(total + amount), 0);

/** An exact fraction of two integers. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export function parseRate(rate: string): Fraction {
  const [whole = "0", decimals = ""] = rate.split(".");
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

/** Rounds half away from zero, as receipts do. */
export function roundedShare(amount: number, { numerator, denominator }: Fraction): number {
  const product = BigInt(amount) * numerator;
  const sign = product < 0n ? -1n : 1n;
  const magnitude = product < 0n ? -product : product;
  return exact(Number(sign * ((magnitude * 2n + denominator) / (denominator * 2n))));
}

/** The tax already inside `gross`: gross × rate ÷ (1 + all rates inside), rounded once. `others` are the rates of the
 *  taxes that are inside beside it: all of them are taken of the same net amount. */
export function includedShare(
  gross: number,
  rate: Fraction,
  others: readonly Fraction[] = [],
): number {
  const all = [rate, ...others];
  const whole = all.reduce((product, one) => product * one.denominator, 1n);
  const inside = all.reduce((total, one) => total + (whole / one.denominator) * one.numerator, 0n);
  return roundedShare(gross, {
    numerator: (whole / rate.denominator) * rate.numerator,
    denominator: whole + inside,
  });
}

/** Splits by the largest remainder: the parts sum exactly to `amount`. Weights must not all be 0. */
export function split(amount: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  if (whole <= 0n || weights.some((weight) => weight < 0)) {
    throw new RangeError("split needs weights of at least 0 with a sum above 0");
  }
  const shares = weights.map((weight, index) => {
    const product = BigInt(Math.abs(amount)) * BigInt(weight);
    return { index, part: Number(product / whole), remainder: product % whole };
  });
  let left = Math.abs(amount) - sum(shares.map((share) => share.part));
  const byRemainder = shares.toSorted((a, b) => {
    if (a.remainder === b.remainder) return a.index - b.index;
    return a.remainder > b.remainder ? -1 : 1;
  });
  for (const share of byRemainder) {
    if (left === 0) break;
    share.part += 1;
    left -= 1;
  }
  return shares.map((share) => Math.sign(amount) * share.part || 0);
}
