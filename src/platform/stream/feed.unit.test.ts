// The one reader of the archives: what becomes of the others' events while one archive does not answer.
import { afterEach, describe, expect, it, vi } from "vitest";
import { noted, range } from "../outbox/testing.js";
import { type ArchivedEvent, createFeed, type Source } from "./feed.js";
import { createStream, type StreamSource } from "./index.js";
import type { Sink } from "./client.js";

/** An archive in memory, that may be away. */
function createArchive(publisher: string) {
  const rows: ArchivedEvent[] = [];
  const state = { away: false, asked: 0 };
  const answer = <T>(value: T): Promise<T> => {
    state.asked += 1;
    return state.away ? Promise.reject(new Error(`${publisher} is away`)) : Promise.resolve(value);
  };
  const source: Source = {
    publisher,
    read: (after, limit) => answer(rows.filter(({ position }) => position > after).slice(0, limit)),
    last: () => answer(rows.at(-1)),
  };
  return {
    source,
    state,
    rows,
    add(...numbers: number[]) {
      for (const n of numbers)
        rows.push({ position: (rows.at(-1)?.position ?? 0) + 1, event: noted(publisher, n) });
    },
  };
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });

describe("the reader of the archives", () => {
  let stop: () => Promise<void> = () => Promise.resolve();
  afterEach(() => stop());

  /** A reader of two archives that somebody listens to. */
  async function startReading() {
    const [products, tickets] = [createArchive("inventory"), createArchive("kitchen")];
    const told: string[] = [];
    const warned: object[] = [];
    const feed = createFeed({
      sources: [products.source, tickets.source],
      show: ({ key, data }) => {
        told.push(`${key} ${(data as { n: number }).n}`);
        return undefined;
      },
      ring: { entries: 2_000, bytes: 1_000_000 },
      pauseMs: 1,
      logger: { warn: (details) => void warned.push(details) },
      onGrown: () => undefined,
      onLost: () => undefined,
    });
    stop = () => feed.stop();
    await feed.enter(undefined);
    return { feed, products, tickets, told, warned };
  }

  it("goes on with the others while one archive does not answer, and with that one when it is back", async () => {
    const { feed, products, tickets, told, warned } = await startReading();
    products.state.away = true;
    products.add(1);
    tickets.add(1);
    // As the net below the signals does: all of them may have grown.
    feed.wake();
    await until(() => expect(told).toEqual(["kitchen 1"]));
    for (const n of range(2, 20)) {
      tickets.add(n);
      feed.wake();
      await until(() => expect(told.at(-1)).toBe(`kitchen ${n}`));
    }
    expect(products.state.asked).toBeLessThan(6);
    expect(warned).toMatchObject([{ publisher: "inventory" }]);
    products.state.away = false;
    await until(() => expect(told.at(-1)).toBe("inventory 1"));
  });

  it("whose archive was lost ends its screens when it cannot begin anew: none stays that hears nothing more", async () => {
    const [products, tickets] = [createArchive("inventory"), createArchive("kitchen")];
    let grown = () => undefined as void;
    let connection = new AbortController();
    const watched = ({ source }: typeof tickets): StreamSource => ({
      ...source,
      onArchived: (watcher) => {
        grown = watcher;
        return () => undefined;
      },
    });
    const stream = createStream({
      sources: [watched(products), watched(tickets)],
      show: ({ data }) => ({ topic: "thing", permission: "see", data }),
      signals: {
        run: () => Promise.resolve([]),
        openSession: () => {
          connection = new AbortController();
          const nothing = () => Promise.resolve();
          const run = () => Promise.resolve([]);
          return Promise.resolve({ lost: connection.signal, listen: nothing, close: nothing, run });
        },
      },
      recheck: () => Promise.resolve(new Map()),
      logger: { warn: () => undefined },
      metrics: { counter: () => undefined, gauge: () => undefined },
    });
    stop = () => stream.stop();
    const got: string[] = [];
    const sink: Sink = {
      write: (chunk) => got.push(chunk.toString()) > 0,
      end: (chunk) => void got.push(chunk),
      waiting: () => 0,
      onDrain: () => undefined,
      onClose: () => undefined,
      destroy: () => undefined,
    };
    const listener = { id: "1", permissions: new Set(["see"]) };
    stream.open(sink, { listener, topics: undefined, lastEventId: undefined });
    await until(() => expect(got.join("")).toContain("event: ready"));
    tickets.add(1, 2);
    grown();
    await until(() => expect(got.join("").match(/event: thing/g)).toHaveLength(2));
    tickets.rows.length = 1;
    products.state.away = true;
    connection.abort();
    await until(() => expect(got.at(-1)).toContain('{"reason":"unavailable"}'));
    expect(stream.status().clients).toBe(0);
  });
});
