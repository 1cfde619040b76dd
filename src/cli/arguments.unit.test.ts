// A typing error on the command line: what is wrong and how it is meant, and no stack.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { parse, readCommandLine } from "./arguments.js";

let said = "";
beforeEach(() => {
  said = "";
  for (const way of ["log", "error"] as const)
    vi.spyOn(console, way).mockImplementation((text) => void (said += String(text)));
  vi.spyOn(process, "exit").mockImplementation((code) => {
    throw new Error(`exit ${String(code)}`);
  });
});
afterEach(() => void vi.restoreAllMocks());

const options = { orders: { type: "string", default: "200" } } as const;
const read = (...args: string[]) =>
  readCommandLine("npm run demo", (line) => parse({ args: line, options }), args);

it("hands over what it understands", () => {
  expect(read("--orders", "5").values.orders).toBe("5");
});

it("says what it does not know with the usage, and exits with 2", () => {
  expect(() => read("--order", "5")).toThrow("exit 2");
  expect(said).toMatch(/^Unknown option '--order'[^]*npm run demo$/);
  expect(said).not.toContain(" at ");
});

it.each([["--help"], ["help"]])("shows how it is meant when asked by %s", (word) => {
  expect(() => read(word)).toThrow("exit 0");
  expect(said).toBe("npm run demo");
});

it("does not take an error of ours for one of theirs", () => {
  const broken = () => readCommandLine("npm run demo", () => JSON.parse("{") as never, []);
  expect(broken).toThrow(SyntaxError);
});
