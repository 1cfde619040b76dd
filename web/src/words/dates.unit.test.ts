// Days in both languages, in the restaurant's time zone.
import { expect, it } from "vitest";
import { createDayFormat } from "./dates.js";

const date = new Date("2026-11-25T18:00:00Z"); // past midnight in Yangon
const now = () => date;
const yangon = { timeZone: "Asia/Yangon", now };
const utc = { timeZone: "UTC", weekday: true, now };

it("names days and months in both languages, with Western digits", () => {
  expect(createDayFormat("en", utc)(date)).toBe("Wed 25 Nov");
  expect(createDayFormat("my", utc)(date)).toBe("ဗုဒ္ဓဟူး၊ နိုဝင်ဘာ 25");
  expect(createDayFormat("en", yangon)(date)).toBe("26 Nov");
  expect(createDayFormat("my", yangon)(date)).toBe("နိုဝင်ဘာ 26");
});

it("names the year of a day that is not of this one", () => {
  const newYear = new Date("2025-12-31T18:00:00Z");
  expect(createDayFormat("en", utc)(newYear)).toBe("Wed 31 Dec 2025");
  expect(createDayFormat("my", utc)(newYear)).toBe("ဗုဒ္ဓဟူး၊ 2025 ဒီဇင်ဘာ 31");
  expect(createDayFormat("en", yangon)(newYear)).toBe("1 Jan");
});
