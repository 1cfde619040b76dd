// The restaurant's money and clock, known to every part of the back office, and how they are written.
import { createContext, useContext, useMemo } from "react";
import { createDayFormat } from "../../words/dates.js";
import { useLanguage } from "../../words/language.js";
import { formatAmount, formatMoney, inOwn, type Money, unitOf } from "../../words/money.js";
import { useWords } from "../../words/words.js";
import { manager } from "./words.js";

export interface Restaurant {
  readonly currency: string;
  readonly decimals: number;
  readonly timeZone: string;
  /** "04:00" */
  readonly businessDayStartsAt: string;
}

const Known = createContext<Restaurant | undefined>(undefined);
export const RestaurantProvider = Known.Provider;

export function useRestaurant(): Restaurant {
  const restaurant = useContext(Known);
  if (!restaurant) throw new Error("The back office waits for the restaurant before it shows this");
  return restaurant;
}

/** How amounts, days and times are written here. Days are `2026-11-25`, instants ISO 8601. */
export function useFormat() {
  const t = useWords(manager);
  const language = useLanguage();
  const { currency, decimals, timeZone } = useRestaurant();
  return useMemo(() => {
    const time = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "short" });
    const day = createDayFormat(language, { timeZone });
    const named = createDayFormat(language, { timeZone: "UTC", weekday: true });
    const timeOf = (instant: string) => time.format(new Date(instant));
    return {
      money: (money: Money) => formatMoney(inOwn(currency, money), decimals, language),
      /** Without the currency, for columns that say it once. */
      amount: ({ amount }: Money) => formatAmount(amount, decimals),
      unit: unitOf(currency, language),
      count: (count: number) => formatAmount(count, 0),
      ofCurrency: (amount: number): Money => ({ amount, currency }),
      time: timeOf,
      dayAndTime: (instant: string) =>
        t("manager.at", { day: day(new Date(instant)), time: timeOf(instant) }),
      day: (date: string) => named(new Date(`${date}T00:00:00Z`)),
    };
  }, [t, language, currency, decimals, timeZone]);
}
