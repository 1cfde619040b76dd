// Given a time and a history of guesses, how long must the next one wait; given a session, is it over?
import { describe, expect, it } from "vitest";
import { isSessionOver, pauseSeconds, permissionsOf, pinFault } from "./rules.js";

const now = new Date("2026-11-23T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

describe("pauseSeconds", () => {
  it.each([
    [4, 0, 0],
    [5, 0, 2],
    [6, 0, 4],
    [6, 3, 1],
    [30, 0, 60],
    [30, 60, 0],
  ])("after %i failures, the last %i s ago, waits %i s", (failures, seconds, pause) => {
    expect(pauseSeconds({ failures, lastAt: ago(seconds) }, 5, now)).toBe(pause);
  });
});

describe("isSessionOver", () => {
  it.each([
    ["fresh", 0, 0, false],
    ["used lately, within the day", 15 * 3600, 60, false],
    ["idle for over 4 hours", 5 * 3600, 4 * 3600 + 1, true],
    ["older than 16 hours, though in use", 16 * 3600 + 1, 0, true],
  ])("%s", (_what, created, seen, over) => {
    expect(isSessionOver({ createdAt: ago(created), lastSeenAt: ago(seen) }, now)).toBe(over);
  });
});

describe("pinFault", () => {
  it.each(["1111", "0000000", "1234", "456789", "12a4", "123", "1234567890123"])(
    "refuses %s",
    (pin) => {
      expect(pinFault(pin)).toBeDefined();
    },
  );
  it.each(["2580", "9041", "73519028"])("accepts %s", (pin) => {
    expect(pinFault(pin)).toBeUndefined();
  });
});

describe("permissionsOf", () => {
  it("lets a cashier sell but not refund, and the kitchen neither", () => {
    expect(permissionsOf("cashier").has("orders.place")).toBe(true);
    expect(permissionsOf("cashier").has("payments.refund")).toBe(false);
    expect(permissionsOf("kitchen").has("orders.place")).toBe(false);
  });
});
