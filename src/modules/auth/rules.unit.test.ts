// Given a time and a history of guesses, how long must the next one wait; given a session, is it over?
import { describe, expect, it } from "vitest";
import {
  guessCounters,
  isPinEnough,
  isSessionOver,
  leavesNoManager,
  passwordFault,
  pauseSeconds,
  permissionsOf,
  pinFault,
} from "./rules.js";

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
    [30, -7200, 0],
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

describe("passwordFault", () => {
  it.each([
    ["ninechars", "Hla"],
    ["1234567890123", "Hla"],
    ["aaaaaaaaaaaaaa", "Hla"],
    ["Password2026!", "Hla"],
    ["Daw Hla Hla 1", "Daw Hla Hla"],
  ])("refuses %s of %s", (password, name) => {
    expect(passwordFault(password, name)).toBeDefined();
  });
  it.each(["three green mangoes", "မုန့်ဟင်းခါး ကြိုက်တယ်", "xK3#pq9!vTz"])("accepts %s", (password) => {
    expect(passwordFault(password, "Hla")).toBeUndefined();
  });
});

describe("guessCounters", () => {
  it("counts a known place apart from strangers, and strangers together for each person", () => {
    const subjects = (origin: Parameters<typeof guessCounters>[0]) =>
      guessCounters(origin, " Manager ").map(({ subject }) => subject);
    const known = [...subjects({ kind: "local" }), ...subjects({ kind: "device", id: "7" })];
    const first = subjects({ kind: "stranger", address: "10.0.0.1" });
    const second = subjects({ kind: "stranger", address: "10.0.0.2" });
    expect(known.filter((subject) => first.includes(subject))).toEqual([]);
    expect(first.filter((subject) => second.includes(subject))).toEqual(["strangers manager"]);
  });
});

describe("isPinEnough", () => {
  const stranger = { kind: "stranger", address: "10.0.0.1" } as const;
  it.each([
    [{ kind: "local" } as const, "2580", false, true],
    [{ kind: "device", id: "7" } as const, "2580", false, true],
    [stranger, "25802580", false, false],
    [stranger, "2580", true, false],
    [stranger, "25802580", true, true],
  ])("from %j with %s, one-time %s: %s", (origin, pin, pinMustChange, enough) => {
    expect(isPinEnough(origin, pin, { pinMustChange })).toBe(enough);
  });
});

describe("leavesNoManager", () => {
  it.each([
    [["a"], "a", { archived: true }, true],
    [["a"], "a", { role: "cashier" as const }, true],
    [["a"], "a", { role: "manager" as const }, false],
    [["a", "b"], "a", { archived: true }, false],
    [["a"], "b", { archived: true }, false],
  ])("of %j, %s with %j: %s", (managers, id, change, leaves) => {
    expect(leavesNoManager(managers, id, change)).toBe(leaves);
  });
});
