// What the board decides by itself: ages, the outcome of a press before the server answers, lists against news, places.
import { describe, expect, it } from "vitest";
import {
  DEFAULT_THRESHOLDS,
  minutesSince,
  moveThreshold,
  readThresholds,
  urgencyOf,
} from "./age.js";
import { columnsIn, placeInColumns } from "./masonry.js";
import {
  afterPress,
  arrivalsIn,
  countDishes,
  createTicketNews,
  isDone,
  type Line,
  strikesOf,
  type Ticket,
  withTicket,
} from "./tickets.js";

const line = (over: Partial<Line> = {}): Line => ({
  id: "line-1",
  productId: "mohinga",
  sku: "MOH",
  name: { en: "Mohinga" },
  quantity: 2,
  cancelled: 0,
  shown: 2,
  struck: 0,
  modifiers: [],
  crossedOff: false,
  state: "waiting",
  ...over,
});

const ticket = (over: Partial<Ticket> = {}): Ticket => ({
  id: "a",
  orderId: "order-a",
  station: "noodle",
  number: 1,
  serviceType: "takeaway",
  placedAt: "2026-11-25T05:00:00.000Z",
  status: "new",
  changedAt: "2026-11-25T05:00:00.000Z",
  version: 1,
  lines: [line()],
  ...over,
});

describe("The age of a ticket", () => {
  it("is told in whole minutes, and never below 0", () => {
    const placed = "2026-11-25T05:00:00.000Z";
    expect(minutesSince(placed, Date.parse("2026-11-25T05:07:59.000Z"))).toBe(7);
    expect(minutesSince(placed, Date.parse("2026-11-25T04:59:30.000Z"))).toBe(0);
  });

  it("passes two thresholds, each from its own minute on", () => {
    const urgencies = [7, 8, 14, 15].map((minutes) => urgencyOf(minutes, DEFAULT_THRESHOLDS));
    expect(urgencies).toEqual(["fresh", "soon", "soon", "late"]);
  });

  it("keeps the two thresholds apart, whichever is moved, and takes no nonsense from storage", () => {
    expect(moveThreshold({ soon: 8, late: 9 }, "soon", 9)).toEqual({ soon: 9, late: 10 });
    expect(moveThreshold({ soon: 8, late: 9 }, "late", 8)).toEqual({ soon: 7, late: 8 });
    expect(moveThreshold({ soon: 1, late: 2 }, "soon", 0)).toEqual({ soon: 1, late: 2 });
    expect(readThresholds({ soon: 3, late: 5 })).toEqual({ soon: 3, late: 5 });
    for (const stored of [null, "8", { soon: 9, late: 3 }, { soon: 1.5, late: 4 }])
      expect(readThresholds(stored)).toEqual(DEFAULT_THRESHOLDS);
  });
});

describe("A press", () => {
  it("shows a ticket further on, and takes a served one off the board", () => {
    const cooking = afterPress(ticket(), { kind: "advance", to: "cooking" });
    expect(cooking).toMatchObject({ status: "cooking", lines: [{ state: "cooking" }] });
    expect(afterPress(cooking, { kind: "advance", to: "served" }).closedAt).toBeDefined();
  });

  it("starts a new ticket with the first line that is crossed off", () => {
    const press = { kind: "cross-off", lineId: "line-1", crossedOff: true } as const;
    const started = afterPress(ticket(), press);
    expect(started).toMatchObject({ status: "cooking", lines: [{ state: "done" }] });
    expect(isDone(started, press)).toBe(true);
    expect(afterPress(started, { ...press, crossedOff: false })).toMatchObject({
      status: "cooking",
      lines: [{ crossedOff: false, state: "cooking" }],
    });
  });

  it("acknowledges one line, or all; a ticket that is cancelled whole leaves with the last", () => {
    const cancelledAt = "2026-11-25T05:01:00.000Z";
    const lines = [
      line({ shown: 0, cancelled: 2, struck: 2 }),
      line({ id: "line-2", shown: 0, cancelled: 1, struck: 1 }),
    ];
    const cancelled = ticket({ cancelledAt, lines });
    const one = afterPress(cancelled, { kind: "acknowledge", lineId: "line-1" });
    expect(one.closedAt).toBeUndefined();
    expect(strikesOf([one]).get("a")).toBe(1);
    expect(afterPress(one, { kind: "acknowledge" }).closedAt).toBeDefined();
    expect(isDone(one, { kind: "acknowledge" })).toBe(false);
    expect(isDone(one, { kind: "acknowledge", lineId: "line-1" })).toBe(true);
  });
});

describe("News and lists", () => {
  it("keep the higher version, and the oldest first", () => {
    const older = ticket({ id: "b", placedAt: "2026-11-25T04:00:00.000Z" });
    const open = withTicket([ticket()], older);
    expect(open.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(withTicket(open, ticket({ version: 1, status: "ready" }))).toBe(open);
    expect(withTicket(open, ticket({ version: 2, status: "ready" }))[1]?.status).toBe("ready");
    const closed = ticket({ version: 3, closedAt: "2026-11-25T05:02:00.000Z" });
    expect(withTicket(open, closed).map(({ id }) => id)).toEqual(["b"]);
  });

  it("do not let a list that was asked for before bring back what was served meanwhile", () => {
    const news = createTicketNews();
    const since = news.now();
    expect(news.tell(ticket({ version: 4, closedAt: "2026-11-25T05:02:00.000Z" }))).toBe(true);
    expect(news.onto([ticket({ version: 3 })], since)).toEqual([]);
    // The list that is asked for now is right by itself: a recall has brought the ticket back.
    expect(news.onto([ticket({ version: 5 })], news.now())).toHaveLength(1);
  });

  it("pass over what was overtaken: an answer may come before the news of the step before it", () => {
    const news = createTicketNews();
    expect(news.tell(ticket({ version: 3 }))).toBe(true);
    expect(news.tell(ticket({ version: 2 }))).toBe(false);
    expect(news.tell(ticket({ version: 3 }))).toBe(false);
  });

  it("ring for new tickets and new cancellations only", () => {
    const known = new Map([["a", 0]]);
    const struck = ticket({ lines: [line({ shown: 1, cancelled: 1, struck: 1 })] });
    expect(arrivalsIn([ticket(), ticket({ id: "b" })], known).fresh).toHaveLength(1);
    expect(arrivalsIn([ticket({ id: "b", status: "ready" })], known).fresh).toEqual([]);
    expect(arrivalsIn([struck], known).struck).toHaveLength(1);
    expect(arrivalsIn([struck], strikesOf([struck])).struck).toEqual([]);
  });
});

it("Counts a dish over all tickets, what is still to be made first", () => {
  const tea = { productId: "tea", name: { en: "Tea" } };
  const dishes = countDishes([
    ticket({ lines: [line(), line({ ...tea, id: "line-2", shown: 5, state: "done" })] }),
    ticket({ id: "b", lines: [line({ shown: 1 }), line({ id: "line-3", shown: 0 })] }),
  ]);
  expect(dishes.map(({ name, left, quantity }) => [name.en, left, quantity])).toEqual([
    ["Mohinga", 3, 3],
    ["Tea", 0, 5],
  ]);
});

describe("Places on the board", () => {
  it("go to the column that ends first, from the left", () => {
    const { places, height } = placeInColumns([100, 300, 50, 80], 2, 10);
    expect(places).toEqual([
      { column: 0, y: 0 },
      { column: 1, y: 0 },
      { column: 0, y: 110 },
      { column: 0, y: 170 },
    ]);
    expect(height).toBe(300);
    expect(placeInColumns([], 3, 10).height).toBe(0);
  });

  it("are in as many columns as are wide enough, and in one on a narrow screen", () => {
    expect(columnsIn(1252, 268, 14)).toBe(4);
    expect(columnsIn(996, 268, 14)).toBe(3);
    expect(columnsIn(200, 268, 14)).toBe(1);
  });
});
