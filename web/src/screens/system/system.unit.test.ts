// What the system's page works out by itself: the map's layout, figures a minute, axes, timelines, lanes.
import { describe, expect, it } from "vitest";
import { columnsOf, layOut, type MapModule } from "./map/layout.js";
import { ratesOf } from "./map/rates.js";
import { niceAbove, segmentsOf } from "./map/scale.js";
import { timelineOf } from "./sagas/timeline.js";
import { type Entry, tellIn } from "./story/lanes.js";
import type { Flow, Saga } from "./use-system.js";

const modules: MapModule[] = [
  { name: "auth", calls: [], hears: [] },
  { name: "restaurant", calls: [], hears: ["inventory"] },
  { name: "inventory", calls: [], hears: ["orders"] },
  { name: "payments", calls: [], hears: [] },
  {
    name: "orders",
    calls: ["restaurant", "inventory", "payments"],
    hears: ["inventory", "payments", "restaurant"],
  },
  { name: "kitchen", calls: [], hears: ["orders"] },
  { name: "reporting", calls: [], hears: ["orders", "payments", "inventory"] },
];
const audit = { name: "audit", calls: [], hears: modules.map(({ name }) => name) };

describe("The map", () => {
  it("puts the caller in the middle, the called left, the hearers right, who hears all below", () => {
    expect(columnsOf([...modules, audit])).toEqual({
      left: ["restaurant", "inventory", "payments"],
      rest: ["auth"],
      centre: "orders",
      right: ["kitchen", "reporting"],
      bars: ["audit"],
    });
  });

  it.each([880, 984, 1240])("lets no box touch another one, at a width of %i", (width) => {
    const added = { name: "loyalty", calls: [], hears: ["orders"] };
    const map = layOut([...modules, added, audit], width);
    const boxes = [...map.boxes, ...map.bars];
    expect(boxes).toHaveLength(9);
    const touching = boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .filter(
          (other) =>
            one.x < other.x + other.width &&
            other.x < one.x + one.width &&
            one.y < other.y + other.height &&
            other.y < one.y + one.height,
        )
        .map((other) => `${one.name} ${other.name}`),
    );
    expect(touching).toEqual([]);
    const inside = boxes.every(
      ({ x, y, width: wide, height }) =>
        x >= 0 && y >= 0 && x + wide <= map.width && y + height <= map.height,
    );
    expect(inside).toBe(true);
  });

  it("draws an arrow for each call and each event, but for the bars, which name their sources", () => {
    const { arrows } = layOut([...modules, audit], 1240);
    const drawn = arrows.map(({ kind, from, to }) => `${kind} ${from} ${to}`);
    expect(drawn.toSorted()).toEqual(
      modules
        .flatMap(({ name, calls, hears }) => [
          ...calls.map((to) => `call ${name} ${to}`),
          ...hears.map((from) => `event ${from} ${name}`),
        ])
        .toSorted(),
    );
  });

  it("keeps the figures of arrows apart, so that each can be read", () => {
    for (const width of [880, 1240]) {
      const { arrows } = layOut([...modules, audit], width);
      const labels = arrows.map(({ label }) => label);
      const close = labels.flatMap((one, index) =>
        labels
          .slice(index + 1)
          .filter((other) => Math.abs(one.x - other.x) < 30 && Math.abs(one.y - other.y) < 20),
      );
      expect(close).toEqual([]);
    }
  });

  it("stands where nobody calls anybody", () => {
    expect(layOut([{ name: "auth", calls: [], hears: [] }], 900).boxes).toHaveLength(1);
    expect(layOut([], 900).boxes).toEqual([]);
  });
});

it("Figures a minute are sums over the listeners of a module", () => {
  const heard = { from: "orders", to: "reporting", perMinute: 3 };
  const rates = ratesOf({
    calls: [{ from: "orders", to: "payments", perMinute: 7 }],
    heard: [
      { ...heard, subscription: "reporting.count" },
      { ...heard, subscription: "reporting.copy-stock" },
    ],
    published: [{ publisher: "orders", perMinute: 3 }],
  } as unknown as Flow);
  expect(rates.of({ kind: "event", from: "orders", to: "reporting" })).toBe(6);
  expect(rates.of({ kind: "call", from: "orders", to: "payments" })).toBe(7);
  expect(rates.of({ kind: "call", from: "payments", to: "orders" })).toBe(0);
  expect([rates.published("orders"), rates.total("event"), rates.total("call")]).toEqual([3, 6, 7]);
  expect(ratesOf(undefined).total("call")).toBe(0);
});

describe("A chart", () => {
  it("ends at a round number", () => {
    expect([0, 0.7, 1, 3, 12, 51, 480, 501].map(niceAbove)).toEqual([
      1, 1, 1, 5, 20, 100, 500, 1000,
    ]);
  });

  it("breaks its line where nothing is known", () => {
    expect(
      segmentsOf([null, 1, 2, null, 3]).map((points) => points.map(({ index }) => index)),
    ).toEqual([[1, 2], [4]]);
    expect(segmentsOf([null, null])).toEqual([]);
  });
});

describe("A saga's timeline", () => {
  const at = (ms: number) => new Date(Date.UTC(2026, 10, 25, 5) + ms).toISOString();
  const saga = {
    startedAt: at(0),
    endedAt: at(1_000),
    steps: [
      {
        name: "reserve",
        state: "undone",
        pivot: false,
        attempts: 1,
        startedAt: at(0),
        tookMs: 100,
        undo: { attempts: 2, startedAt: at(800), tookMs: 200, failed: false },
      },
      {
        name: "charge",
        state: "failed",
        pivot: false,
        attempts: 1,
        startedAt: at(100),
        tookMs: 500,
      },
      { name: "record", state: "not-run", pivot: true },
    ],
  } as unknown as Saga;

  it("shows each step's share of the time, and what undid it", () => {
    const { totalMs, steps } = timelineOf(saga, 0);
    expect(totalMs).toBe(1_000);
    expect(steps[0]).toMatchObject({
      run: { from: 0, length: 10, tookMs: 100 },
      undo: { from: 80, length: 20, attempts: 2 },
    });
    expect(steps[1]?.run).toMatchObject({ from: 10, length: 50 });
    expect(steps[2]).toMatchObject({ run: undefined, undo: undefined, pivot: true });
  });

  it("goes on to now while it runs, and a short step can still be seen", () => {
    const { endedAt: _, ...running } = {
      ...saga,
      steps: [
        { name: "reserve", state: "done", pivot: false, startedAt: at(0), tookMs: 1 },
        { name: "charge", state: "running", pivot: false, startedAt: at(5_000) },
      ],
    } as unknown as Saga;
    const { totalMs, steps } = timelineOf(running, Date.parse(at(10_000)));
    expect(totalMs).toBe(10_000);
    expect(steps[0]?.run?.length).toBeGreaterThan(1);
    expect(steps[1]?.run).toMatchObject({ from: 50, length: 50 });
  });
});

it("A story has a lane for each module, and begins to count again after a pause", () => {
  const entry = (id: string, module: string, at: string, parent?: string) =>
    ({ id, module, at: `2026-11-25T05:${at}Z`, parent }) as unknown as Entry;
  const { lanes, told } = tellIn([
    entry("saga", "orders", "00:00.000"),
    entry("step", "orders", "00:00.020", "saga"),
    entry("ticket", "kitchen", "00:00.050", "elsewhere"),
    entry("cancel", "orders", "02:00.050"),
    entry("refund", "payments", "02:00.080", "cancel"),
  ]);
  expect(lanes).toEqual(["orders", "kitchen", "payments"]);
  expect(told.map(({ lane, depth, sinceMs, pauseMs }) => [lane, depth, sinceMs, pauseMs])).toEqual([
    [0, 0, 0, undefined],
    [0, 1, 20, undefined],
    [1, 0, 50, undefined],
    [0, 0, 0, 120_000],
    [2, 1, 30, undefined],
  ]);
});
