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

/** `Ks`, `ကျပ်`: for the head of a column of amounts. */
export const unitOf = (currency: string, language: Language): string =>
  UNITS[currency]?.[language] ?? currency;

/** `3,500 Ks`, `3,500 ကျပ်`. */
export const formatMoney = (
  { amount, currency }: Money,
  decimals: number,
  language: Language,
): string => `${formatAmount(amount, decimals)} ${unitOf(currency, language)}`;

/** ISO 4217 for "no currency": reports say it until the first sale, of amounts that are all 0. */
const NO_CURRENCY = "XXX";
export const inOwn = (currency: string, money: Money): Money =>
  money.currency === NO_CURRENCY ? { ...money, currency } : money;

const BURMESE_ZERO = 0x1040;

/** Burmese keyboards type Burmese digits. */
export const westernDigits = (text: string): string =>
  text.replaceAll(/[\u1040-\u1049]/g, (digit) => String(digit.charCodeAt(0) - BURMESE_ZERO));

/** What was typed (`3,500`, `၃၅၀၀`, `12.50`) as a whole amount in the stored unit; undefined when it is none. Read as
 *  text, digit by digit: a float would lose a unit here and there. A comma parts thousands only: `12,50` is no 1,250. */
export function parseAmount(text: string, decimals: number): number | undefined {
  const typed = westernDigits(text).replaceAll(/\s/g, "");
  const match = /^(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d*))?$/.exec(typed);
  if (!match) return undefined;
  const [, whole = "", part = ""] = match;
  if (part.length > decimals) return undefined;
  return Number(whole.replaceAll(",", "") + part.padEnd(decimals, "0"));
}

/** An amount as one types it: `3500`, `12.50`. */
export const typedAmount = (amount: number, decimals: number): string =>
  decimals === 0 ? String(amount) : (amount / 10 ** decimals).toFixed(decimals);
