// Days as people write them. Browsers come without Burmese names of months ("M11 25"), so those are our own.
import type { Language } from "./language.js";

const MONTHS = [
  "ဇန်နဝါရီ",
  "ဖေဖော်ဝါရီ",
  "မတ်",
  "ဧပြီ",
  "မေ",
  "ဇွန်",
  "ဇူလိုင်",
  "ဩဂုတ်",
  "စက်တင်ဘာ",
  "အောက်တိုဘာ",
  "နိုဝင်ဘာ",
  "ဒီဇင်ဘာ",
];
const WEEKDAYS: Readonly<Record<string, string>> = {
  Sun: "တနင်္ဂနွေ",
  Mon: "တနင်္လာ",
  Tue: "အင်္ဂါ",
  Wed: "ဗုဒ္ဓဟူး",
  Thu: "ကြာသပတေး",
  Fri: "သောကြာ",
  Sat: "စနေ",
};

interface DayOptions {
  readonly timeZone: string;
  readonly weekday?: boolean;
  readonly now?: () => Date;
}

/** `Wed 25 Nov`, `ဗုဒ္ဓဟူး၊ နိုဝင်ဘာ 25`; without the day of the week unless it is asked for. Of another year than this
 *  one, with the year: logs and reports go back for years. */
export function createDayFormat(
  language: Language,
  { timeZone, weekday = false, now = () => new Date() }: DayOptions,
): (date: Date) => string {
  const year = new Intl.DateTimeFormat("en-GB", { timeZone, year: "numeric" });
  const otherYear = (date: Date) => {
    const own = year.format(date);
    return own === year.format(now()) ? undefined : own;
  };
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    day: "numeric",
    month: language === "my" ? "numeric" : "short",
    ...(weekday && { weekday: "short" }),
  });
  if (language === "en")
    return (date) => [format.format(date), otherYear(date)].filter(Boolean).join(" ");
  return (date) => {
    const parts = new Map(format.formatToParts(date).map(({ type, value }) => [type, value]));
    const month = MONTHS[Number(parts.get("month")) - 1];
    const day = [otherYear(date), month, parts.get("day")].filter(Boolean).join(" ");
    return weekday ? `${WEEKDAYS[parts.get("weekday") ?? ""]}၊ ${day}` : day;
  };
}
