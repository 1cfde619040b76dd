// Money as a terminal and a story say it. Screens write it in their own language.
import type { Money } from "./money.js";

/** Decimals for people and gateways. MMK: ISO 4217 says 2, practice 0 (ADR 0007); the rest as Intl knows it. */
export function decimalsOf(currency: string): number {
  if (currency === "MMK") return 0;
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** `7,350 MMK`, `12.50 USD`. */
export function writeMoney({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency);
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return `${(amount / 10 ** decimals).toLocaleString("en", digits)} ${currency}`;
}
