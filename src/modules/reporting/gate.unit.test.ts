import { describe, expect, it } from "vitest";
import { createGate, Crowded } from "./gate.js";

/** Work that ends when it is told to. */
function task() {
  let end = (_error?: Error) => undefined as void;
  let begun = false;
  const done = new Promise<string>((resolve, reject) => {
    end = (error) => (error ? reject(error) : resolve("done"));
  });
  return {
    work: () => ((begun = true), done),
    end: (error?: Error) => end(error),
    begun: () => begun,
  };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("A gate", () => {
  it("lets as many through as it is wide, and the others in the order in which they came", async () => {
    const gate = createGate({ width: 2, patienceMs: 60_000 });
    const tasks = [task(), task(), task(), task()];
    const passed = tasks.map(({ work }) => gate.pass(work));
    const begun = async () => {
      await settled();
      return tasks.map((one) => one.begun());
    };
    expect(await begun()).toEqual([true, true, false, false]);
    tasks[1]?.end();
    expect(await begun()).toEqual([true, true, true, false]);
    tasks[0]?.end(new Error("failed"));
    await expect(passed[0]).rejects.toThrow("failed");
    expect(await begun()).toEqual([true, true, true, true]);
    for (const one of tasks.slice(2)) one.end();
    expect(await Promise.all(passed.slice(1))).toEqual(["done", "done", "done"]);
    expect(await gate.pass(() => Promise.resolve("open again"))).toBe("open again");
  });

  it("turns away who waited too long, and keeps no place for them", async () => {
    const gate = createGate({ width: 1, patienceMs: 5 });
    const slow = task();
    const first = gate.pass(slow.work);
    const late = task();
    await expect(gate.pass(late.work)).rejects.toBeInstanceOf(Crowded);
    expect(late.begun()).toBe(false);
    slow.end();
    await first;
    expect(await gate.pass(() => Promise.resolve("through"))).toBe("through");
  });
});
