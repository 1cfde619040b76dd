// Days in both languages, in the restaurant's time zone.
import { expect, it } from "vitest";
import { createDayFormat } from "./dates.js";

const date = new Date("2026-11-25T18:00:00Z"); // past midnight in Yangon

it("names days and months in both languages, with Western digits", () => {
  expect(createDayFormat("en", { timeZone: "UTC", weekday: true })(date)).toBe("Wed 25 Nov");
  expect(createDayFormat("my", { timeZone: "UTC", weekday: true })(date)).toBe("ဗုဒ္ဓဟူး၊ နိုဝင်ဘာ 25");
  expect(createDayFormat("en", { timeZone: "Asia/Yangon" })(date)).toBe("26 Nov");
  expect(createDayFormat("my", { timeZone: "Asia/Yangon" })(date)).toBe("နိုဝင်ဘာ 26");
});
