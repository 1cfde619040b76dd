import { describe, expect, it } from "vitest";
import { emit } from "./emit/index.js";
import { createBus, fits, type Message } from "./index.js";

const message = (name: string): Message => ({
  id: "1",
  name,
  key: "k",
  json: JSON.stringify({ name }),
});

function listen(bus: ReturnType<typeof createBus>, subscription: string, patterns: string[]) {
  const heard: string[] = [];
  const leave = bus.subscribe({
    subscription,
    patterns,
    from: "now",
    receive(received) {
      heard.push(received.name);
      return { stored: Promise.resolve(), withdraw: () => undefined };
    },
    idle: () => Promise.resolve(),
  });
  return { heard, leave };
}

describe("the bus", () => {
  it("delivers by name and by pattern", () => {
    const bus = createBus();
    const exact = listen(bus, "a.exact", ["orders.order-placed.v1"]);
    const all = listen(bus, "a.all", ["orders.**"]);
    const first = listen(bus, "a.first", ["*.*.v1"]);
    const other = listen(bus, "a.other", ["payments.**"]);
    emit(bus, message("orders.order-placed.v1"));
    emit(bus, message("orders.order-placed.v2"));
    expect(exact.heard).toEqual(["orders.order-placed.v1"]);
    expect(all.heard).toEqual(["orders.order-placed.v1", "orders.order-placed.v2"]);
    expect(first.heard).toEqual(["orders.order-placed.v1"]);
    expect(other.heard).toEqual([]);
  });

  it("delivers once where two patterns of a subscription match", () => {
    const bus = createBus();
    const both = listen(bus, "a.both", ["orders.**", "orders.order-placed.v1"]);
    expect(emit(bus, message("orders.order-placed.v1")).size).toBe(1);
    expect(both.heard.length).toBe(1);
  });

  it("leaves out who is not accepted, and who left", () => {
    const bus = createBus();
    const one = listen(bus, "a.one", ["orders.**"]);
    const two = listen(bus, "a.two", ["orders.**"]);
    emit(bus, message("orders.x.v1"), (subscription) => subscription !== "a.one");
    two.leave();
    emit(bus, message("orders.x.v1"));
    expect([one.heard.length, two.heard.length]).toEqual([1, 1]);
  });

  it("refuses two subscriptions of one name, which would share one memory of what was applied", () => {
    const bus = createBus();
    listen(bus, "a.one", ["orders.**"]);
    expect(() => listen(bus, "a.one", ["payments.**"])).toThrow(
      "Two subscriptions are called a.one",
    );
  });

  it.each([
    "orders.order-placed.v1",
    "orders.order-placed.v2",
    "orders.*.v1",
    "*.*.v1",
    "*.order-placed.*",
    "*.action-taken.v1",
    "orders.**",
    "**",
    "**.v1",
    "orders.**.v1",
    "orders.*",
    "*",
    "orders",
    "payments.**",
  ])("tells of %s what it means without emitting", (pattern) => {
    for (const name of ["orders.order-placed.v1", "orders.action-taken.v1", "payments.x.v2"]) {
      const bus = createBus();
      const { heard } = listen(bus, "a.listener", [pattern]);
      emit(bus, message(name));
      expect([name, fits(pattern, name)]).toEqual([name, heard.length === 1]);
    }
  });
});
