// A typing error on the command line: what is wrong and how it is meant, and no stack.
import { afterEach, expect, it, vi } from "vitest";
import { readArguments } from "./arguments.js";

afterEach(() => void vi.restoreAllMocks());

const options = { orders: { type: "string", default: "200" } } as const;

it("hands over what it understands", () => {
  const { values } = readArguments({ args: ["--orders", "5"], options }, "usage");
  expect(values.orders).toBe("5");
});

it("says what it does not know with the usage, and exits with 2", () => {
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(process, "exit").mockImplementation((code) => {
    throw new Error(`exit ${String(code)}`);
  });
  const mistyped = () => readArguments({ args: ["--order", "5"], options }, "npm run demo");
  expect(mistyped).toThrow("exit 2");
  expect(said.mock.calls.flat().join()).toMatch(/^Unknown option '--order'[^]*npm run demo$/);
  expect(said.mock.calls.flat().join()).not.toContain(" at ");
});
