// Money and numbers as people read them. Western digits in both languages: receipts, banknotes and keypads have them.
import type { Language } from "./language.js";

export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** What people call the currency; others are shown by their code. */
const UNITS: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  MMK: { en: "Ks", my: "ကျပ်" },
};

const formats = new Map<number, Intl.NumberFormat>();

function format(decimals: number): Intl.NumberFormat {
  let found = formats.get(decimals);
  if (!found) {
    found = new Intl.NumberFormat("en", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    formats.set(decimals, found);
  }
  return found;
}

/** `3,500`. An amount is whole and in the currency's stored unit; `decimals` says where its point stands. */
export const formatAmount = (amount: number, decimals: number): string =>
  format(decimals).format(amount / 10 ** decimals);

/** `3,500 Ks`, `3,500 ကျပ်`. */
export const formatMoney = (
  { amount, currency }: Money,
  decimals: number,
  language: Language,
): string => `${formatAmount(amount, decimals)} ${UNITS[currency]?.[language] ?? currency}`;
