// The shared ring and the clients that walk along it: who is slow, who comes back, and what it costs.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClient, type Sink } from "./client.js";
import { decodePlaces, encodePlaces, type Places } from "./places.js";
import { createRing, type Entry } from "./ring.js";

const publishers = ["kitchen", "orders"];
const start: Places = {
  kitchen: { position: 0, mark: "" },
  orders: { position: 0, mark: "" },
};
const mark = (position: number) => position.toString(16).padStart(6, "0");
let ids = 0;

const entry = (publisher: string, position: number, over: Partial<Entry> = {}): Entry => ({
  publisher,
  place: { position, mark: mark(position) },
  eventId: `event-${(ids += 1)}`,
  occurredAt: "2026-11-23T06:00:00.000Z",
  shown: {
    topic: publisher,
    permission: `${publisher}.read`,
    text: `event: ${publisher}\ndata: ${position}\n`,
  },
  ...over,
});

/** A connection that takes everything, or nothing. */
function connect(takes = true) {
  const got: string[] = [];
  const drains: (() => void)[] = [];
  const closes: (() => void)[] = [];
  const state = { takes, ended: false, destroyed: false };
  const sink: Sink = {
    write(chunk) {
      got.push(chunk.toString());
      return state.takes;
    },
    waiting: () => 0,
    onDrain: (listener) => void drains.push(listener),
    onClose: (listener) => void closes.push(listener),
    end(chunk) {
      got.push(chunk);
      state.ended = true;
    },
    destroy: () => {
      state.destroyed = true;
    },
  };
  return {
    sink,
    state,
    got,
    /** `publisher position` of each event that arrived. */
    events: () =>
      got.flatMap((chunk) => {
        const [, topic, data] = /event: (kitchen|orders)\ndata: (\d+)/.exec(chunk) ?? [];
        return topic === undefined ? [] : [`${topic} ${data}`];
      }),
    lastId: () => got.flatMap((chunk) => /^id: (.*)$/m.exec(chunk)?.[1] ?? []).at(-1) ?? "",
    drain() {
      state.takes = true;
      for (const listener of drains) listener();
    },
    close: () => closes.forEach((listener) => listener()),
  };
}

const all = new Set(publishers.map((one) => `${one}.read`));
const newRing = (entries = 100, bytes = 1_000_000) => {
  const ring = createRing({ entries, bytes });
  ring.begin(start);
  return ring;
};
type Ring = ReturnType<typeof newRing>;

function listen(
  ring: Ring,
  connection: ReturnType<typeof connect>,
  over: { topics?: Set<string>; permissions?: Set<string>; onEnd?: (reason: string) => void } = {},
) {
  return createClient(
    connection.sink,
    { id: "1", permissions: over.permissions ?? all },
    { topics: over.topics, ring, slowMs: 1_000, onEnd: over.onEnd ?? (() => undefined) },
  );
}
const now = (ring: Ring) => ({ next: ring.end(), places: ring.head() });
const word = "event: ready\ndata: {}\n";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a client", () => {
  it("gets what follows, in order, as the same bytes as everybody", () => {
    const ring = newRing();
    const [one, two] = [connect(), connect()];
    const clients = [listen(ring, one), listen(ring, two)];
    for (const client of clients) client.begin(word, now(ring));
    for (let position = 1; position <= 3; position++) ring.append([entry("orders", position)]);
    for (const client of clients) client.pump();
    expect(one.events()).toEqual(["orders 1", "orders 2", "orders 3"]);
    expect(one.got.slice(1)).toEqual(two.got.slice(1));
    expect(decodePlaces(one.lastId(), publishers)?.["orders"]?.position).toBe(3);
  });

  it("gets only what it may see and asked for, and learns with a beat how far it is all the same", () => {
    const ring = newRing();
    const [kitchen, asked] = [connect(), connect()];
    const clients = [
      listen(ring, kitchen, { permissions: new Set(["kitchen.read"]) }),
      listen(ring, asked, { topics: new Set(["kitchen"]) }),
    ];
    for (const client of clients) client.begin(word, now(ring));
    ring.append([entry("kitchen", 1), entry("orders", 1), entry("orders", 2)]);
    for (const client of clients) client.pump();
    for (const { events } of [kitchen, asked]) expect(events()).toEqual(["kitchen 1"]);
    expect(decodePlaces(kitchen.lastId(), publishers)?.["orders"]?.position).toBe(0);
    clients[0]?.beat();
    expect(kitchen.lastId()).toBe(encodePlaces(ring.head()));
    expect(kitchen.got.at(-1)).toMatch(/^:\nid: /);
    clients[0]?.beat();
    expect(kitchen.got.at(-1)).toBe(":\n\n");
  });

  it("that takes nothing holds nothing but one entry, and goes on where it was", () => {
    const ring = newRing();
    const connection = connect();
    const client = listen(ring, connection);
    client.begin(word, now(ring));
    connection.state.takes = false;
    for (let position = 1; position <= 50; position++) {
      ring.append([entry("orders", position)]);
      client.pump();
      client.beat();
    }
    expect(connection.events()).toEqual(["orders 1"]);
    connection.drain();
    expect(connection.events()).toHaveLength(50);
    expect(new Set(connection.events()).size).toBe(50);
  });

  it("that does not take it for a while is told why, and dropped", () => {
    const ring = newRing();
    const ends: string[] = [];
    const connection = connect();
    const client = listen(ring, connection, { onEnd: (reason) => ends.push(reason) });
    client.begin(word, now(ring));
    connection.state.takes = false;
    ring.append([entry("orders", 1)]);
    client.pump();
    vi.advanceTimersByTime(999);
    expect(ends).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ends).toEqual(["slow"]);
    expect(connection.got.at(-1)).toContain('event: closing\ndata: {"reason":"slow"}');
    vi.advanceTimersByTime(5_000);
    expect(connection.state.destroyed).toBe(true);
    connection.close();
    expect(ends).toEqual(["slow"]);
  });

  it("that the ring has overtaken is dropped at once", () => {
    const ring = newRing(10);
    const ends: string[] = [];
    const connection = connect();
    const client = listen(ring, connection, { onEnd: (reason) => ends.push(reason) });
    client.begin(word, now(ring));
    connection.state.takes = false;
    for (let position = 1; position <= 30; position++) {
      ring.append([entry("orders", position)]);
      client.pump();
    }
    connection.drain();
    expect(ends).toEqual(["slow"]);
  });
});

describe("a client that comes back", () => {
  /** Orders and kitchen as another process had read them: each in order, between them otherwise. */
  const elsewhere = () => {
    const ring = newRing();
    ring.append([
      entry("kitchen", 1),
      entry("kitchen", 2),
      entry("orders", 1),
      entry("kitchen", 3),
      entry("orders", 2),
      entry("orders", 3),
    ]);
    return ring;
  };

  it("gets each event once, whatever the order here and wherever it breaks off again", () => {
    const seen = {
      kitchen: { position: 1, mark: mark(1) },
      orders: { position: 2, mark: mark(2) },
    };
    for (let cut = 0; cut <= 4; cut++) {
      const ring = elsewhere();
      const first = connect();
      const client = listen(ring, first);
      client.begin(word, { next: ring.first(), places: seen });
      expect(first.events()).toEqual(["kitchen 2", "kitchen 3", "orders 3"]);
      const got = first.got.filter((chunk) => /event: (kitchen|orders)/.test(chunk)).slice(0, cut);
      const id = got.length > 0 ? (/^id: (.*)$/m.exec(got.at(-1) ?? "")?.[1] ?? "") : undefined;
      const places = id === undefined ? seen : decodePlaces(id, publishers);
      if (!places) throw new Error(`${id} is not a place`);
      const second = connect();
      listen(ring, second).begin(word, { next: ring.first(), places });
      const heard = [...first.events().slice(0, cut), ...second.events()];
      expect(heard.toSorted()).toEqual(["kitchen 2", "kitchen 3", "orders 3"]);
    }
  });
});

describe("the ring", () => {
  it("is bounded by number and by weight", () => {
    const few = newRing(3);
    few.append([1, 2, 3, 4, 5].map((position) => entry("orders", position)));
    expect([few.first(), few.end()]).toEqual([2, 5]);
    expect(few.base()["orders"]?.position).toBe(2);
    const light = newRing(100, 2_000);
    const text = `event: orders\ndata: ${"x".repeat(700)}\n`;
    const shown = { topic: "orders", permission: "orders.read", text };
    light.append([1, 2, 3].map((position) => entry("orders", position, { shown })));
    expect(light.end() - light.first()).toBe(1);
    expect(light.bytes()).toBeLessThanOrEqual(2_000);
  });

  it("takes what came before in front, or refuses what does not fit", () => {
    const ring = newRing(5);
    ring.begin({ ...start, orders: { position: 3, mark: mark(3) } });
    ring.append([entry("orders", 4)]);
    const before = [entry("orders", 2), entry("orders", 3)];
    const from = { ...start, orders: { position: 1, mark: mark(1) } };
    expect(ring.prepend(before, from)).toBe(true);
    expect(ring.base()).toEqual(from);
    expect(ring.knows("orders", { position: 2, mark: mark(2) })).toBe(true);
    expect(ring.knows("orders", { position: 2, mark: "ffffff" })).toBe(false);
    const many = [1, 2, 3].map((position) => entry("kitchen", position));
    expect(ring.prepend(many, start)).toBe(false);
    expect(ring.base()).toEqual(from);
  });

  it("shows an event once that a relay put into the archive a second time", () => {
    const ring = newRing();
    const connection = connect();
    const client = listen(ring, connection);
    client.begin(word, now(ring));
    const once = entry("orders", 1);
    ring.append([once, { ...once, place: { position: 2, mark: mark(1) } }]);
    client.pump();
    expect(connection.events()).toEqual(["orders 1"]);
    expect(ring.head()["orders"]?.position).toBe(2);
  });
});
