// Times, by the restaurant's clock, and durations as this page writes them: to the second, or shorter where things take
// milliseconds.
import { useMemo } from "react";
import { serverNow } from "../../../api/clock.js";
import { useTimeZone } from "../../../api/time-zone.js";
import { useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { system } from "../words.js";

/** Two significant digits below ten. */
export const shortNumber = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(2)));

export function useTimes() {
  const t = useWords(system);
  const language = useLanguage();
  const timeZone = useTimeZone();
  return useMemo(() => {
    // Not every browser knows how Burmese writes times; digits alone are read in both languages.
    const clock = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" });
    const minute = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "short" });
    const date = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle: "short" });
    const isToday = (at: Date) => date.format(at) === date.format(serverNow());
    const dateStyle = language === "my" ? "short" : "medium";
    const day = new Intl.DateTimeFormat("en-GB", { timeZone, dateStyle, timeStyle: "medium" });
    return {
      clock: (instant: string) => clock.format(new Date(instant)),
      minute: (instant: string) => minute.format(new Date(instant)),
      /** With its day, unless that is this one: what waits for a person may do so since Monday. */
      moment: (instant: string) => {
        const at = new Date(instant);
        return (isToday(at) ? clock : day).format(at);
      },
      day: (instant: string) => day.format(new Date(instant)),
      duration: (ms: number): string => {
        if (ms < 1_000) return t("system.ms", { ms: shortNumber(ms) });
        if (ms < 60_000) return t("system.seconds", { seconds: shortNumber(ms / 1_000) });
        if (ms < 3_600_000) return t("system.minutes", { minutes: shortNumber(ms / 60_000) });
        return t("system.hours", { hours: shortNumber(ms / 3_600_000) });
      },
    };
  }, [t, language, timeZone]);
}
