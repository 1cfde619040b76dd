// Nothing secret in the log, traces as W3C says, and metrics that a broken collector cannot stop.
import { describe, expect, it } from "vitest";
import { createLogger, createMetrics, newTrace, traceOf } from "./index.js";
import { readable } from "./logger.js";

function capture(level = "info") {
  const lines: string[] = [];
  const logger = createLogger({ level, stream: { write: (line: string) => lines.push(line) } });
  return { logger, text: () => lines.join("") };
}

describe("the log", () => {
  it("hides secrets by name, however deep, and keeps amounts", () => {
    const { logger, text } = capture();
    logger.info(
      {
        pin: "CANARY1",
        staff: [{ currentPin: "CANARY2", mustChangePin: true }],
        payment: { method: "card", token: "CANARY3", cardToken: "CANARY4" },
        headers: { authorization: "CANARY5", cookie: "CANARY6", "set-cookie": ["CANARY7"] },
        deep: { a: { b: { c: { password: "CANARY8" } } } },
        tendered: { amount: 5000 },
      },
      "placed",
    );
    expect(text()).not.toContain("CANARY");
    expect(text()).toContain('"tendered":{"amount":5000}');
    expect(text()).toContain('"mustChangePin":true');
  });

  it("hides secrets inside text, errors and their causes", () => {
    const { logger, text } = capture();
    const cause = new Error("cannot reach postgres://tiffin:CANARY1@db:5432/x");
    logger.error(
      { err: new Error('body {"pin":"CANARY2"}', { cause }) },
      "Bearer CANARY3-abcdefgh",
    );
    logger.error(new Error("token=CANARY4"));
    expect(text()).not.toContain("CANARY");
    expect(text()).toContain("db:5432");
  });

  it("keeps the stack of an error, for the person who mends it", () => {
    const { logger, text } = capture();
    logger.error(new Error("boom"));
    expect(JSON.parse(text())).toMatchObject({
      level: "error",
      err: { message: "boom", stack: expect.stringContaining("observability.unit.test") },
    });
  });

  it("survives circular and odd values", () => {
    const { logger, text } = capture();
    const circular: Record<string, unknown> = { big: 10n };
    circular["self"] = circular;
    logger.info(circular, "odd");
    logger.info({ bytes: Buffer.from("CANARY") }, "bytes");
    expect(text().split("\n")).toHaveLength(3);
    expect(text()).not.toContain("CANARY");
  });

  it("is one readable line on a terminal", () => {
    const line = readable(
      '{"level":"warn","time":"2026-01-02T03:04:05.678Z","saga":"x","msg":"slow"}\n',
    );
    // oxlint-disable-next-line no-control-regex
    expect(line.replaceAll(/\x1b\[\d+m/g, "")).toBe("03:04:05 WARN   slow  saga=x\n");
  });
});

describe("traces", () => {
  it("takes a caller's trace id, and only a valid one", () => {
    const id = "4bf92f3577b34da6a3ce929d0e0e4736";
    expect(traceOf(`00-${id}-00f067aa0ba902b7-01`)).toBe(id);
    for (const bad of [undefined, "", id, `00-${"0".repeat(32)}-00f067aa0ba902b7-01`, `00-${id}`]) {
      expect(traceOf(bad)).toBeUndefined();
    }
    expect(newTrace()).toMatch(/^[\da-f]{32}$/);
  });
});

describe("metrics", () => {
  it("renders counters, gauges and histograms", async () => {
    const metrics = createMetrics({ process: false });
    metrics.counter("events_total", { name: "a" });
    metrics.counter("events_total", { name: "a" }, 2);
    metrics.histogram("lag_seconds", {}, 0.003);
    metrics.onCollect(() => metrics.gauge("backlog", { outbox: "orders" }, 7));
    metrics.onCollect(() => Promise.reject(new Error("database away")));
    const { text } = await metrics.render();
    expect(text).toContain('tiffin_events_total{name="a"} 3');
    expect(text).toContain('tiffin_backlog{outbox="orders"} 7');
    expect(text).toContain('tiffin_lag_seconds_bucket{le="0.005"} 1');
  });
});
