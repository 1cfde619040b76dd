// The stream over HTTP on a real PostgreSQL: what screens hear when they come back, when processes come and go, when
// there are two hundred of them, and when one of them hangs.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { query } from "../db/testing.js";
import { createPostgresWorld, type PostgresWorld } from "../outbox/postgres/testing.js";
import { eventually, noted, range } from "../outbox/testing.js";
import {
  createSessions,
  type Screen,
  type Sessions,
  startStreaming,
  type StreamingProcess,
} from "./testing.js";

let world: PostgresWorld;
let sessions: Sessions;
const processes: StreamingProcess[] = [];
const screens: Screen[] = [];

beforeAll(async () => {
  world = await createPostgresWorld(inject("databaseUrl"));
});
afterAll(() => world?.close());
beforeEach(() => {
  sessions = createSessions();
});
afterEach(async () => {
  for (const screen of screens.splice(0)) screen.leave();
  for (const process of processes.splice(0)) await process.stop();
  await world.reset();
});

async function start(over: Parameters<typeof startStreaming>[2] = {}): Promise<StreamingProcess> {
  const process = await startStreaming(world, sessions, over);
  processes.push(process);
  return process;
}
async function stop(process: StreamingProcess): Promise<void> {
  processes.splice(processes.indexOf(process), 1);
  await process.stop();
}
const someone = (id = "someone") => sessions.open(id, "shop.read");
async function listen(process: StreamingProcess, lastEventId?: string, headers = someone()) {
  const screen = await process.screen(headers, lastEventId);
  screens.push(screen);
  await eventually(() => {
    if (screen.heard.length === 0) throw new Error("nothing heard yet");
  });
  return screen;
}
const numbers = (screen: Screen) => screen.events().map(({ data }) => data.data.n as number);
const things = (from: number, to: number) => range(from, to).map((n) => noted(`thing-${n % 3}`, n));
/** So that a following publish is in another archive batch. */
const archived = async (process: StreamingProcess, count: number) =>
  eventually(async () => {
    const { backlog, archived: kept } = await process.outbox.status();
    if (backlog > 0 || kept < count) throw new Error(`${kept} archived, ${backlog} wait`);
  });

describe("a screen", () => {
  it("hears what happens from now on, in order, with ids and a first word", async () => {
    const process = await start();
    await process.publish(...things(1, 3));
    await archived(process, 3);
    const screen = await listen(process);
    expect(screen.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
    expect(screen.headers["content-encoding"]).toBeUndefined();
    expect(screen.heard[0]).toMatchObject({ event: "ready", data: { resumed: false } });
    for (const event of things(4, 9)) await process.publish(event);
    await screen.until(6);
    expect(numbers(screen)).toEqual(range(4, 9));
    expect(screen.events()[0]).toMatchObject({
      event: "thing-noted",
      data: { key: "thing-1", data: { about: "thing-1", n: 4 } },
    });
  });

  it("hears nothing that it may not see", async () => {
    const process = await start();
    const blind = await listen(process, undefined, sessions.open("blind"));
    const seeing = await listen(process);
    await process.publish(...things(1, 2));
    await seeing.until(2);
    expect(blind.events()).toEqual([]);
    expect((await process.screen({})).status).toBe(401);
  });

  it("gets a sign of life, and with it the place that it has reached", async () => {
    const process = await start({ timing: { beatMs: 40 } });
    const blind = await listen(process, undefined, sessions.open("blind"));
    const before = blind.lastId();
    await process.publish(...things(1, 2));
    await archived(process, 2);
    await eventually(() => {
      expect(blind.beats()).toBeGreaterThan(1);
      expect(blind.lastId()).not.toBe(before);
    });
  });
});

describe("a screen that comes back", () => {
  it("gets what it missed and nothing twice, after its connection broke, and after a restart", async () => {
    const first = await start();
    const screen = await listen(first);
    await first.publish(...things(1, 5));
    await screen.until(5);
    const places = screen.events().map(({ id }) => id);
    screen.leave();
    await first.publish(...things(6, 8));
    for (const [index, id] of places.entries()) {
      const again = await listen(first, id);
      await again.until(8 - index - 1);
      expect(numbers(again)).toEqual(range(index + 2, 8));
      expect(again.heard[0]).toMatchObject({ event: "ready", data: { resumed: true } });
    }
    await stop(first);
    const second = await start();
    await second.publish(...things(9, 12));
    for (const [index, id] of places.entries()) {
      const again = await listen(second, id);
      await again.until(12 - index - 1);
      expect(numbers(again)).toEqual(range(index + 2, 12));
    }
  });

  it("misses nothing of what was told in another order than it happened", async () => {
    const process = await start();
    const screen = await listen(process);
    const minutes = [5, 2, 4, 1, 3];
    await process.publish(
      ...minutes.map((minute, index) => noted("thing", index + 1, new Date(minute * 60_000))),
    );
    await screen.until(5);
    expect(numbers(screen)).toEqual(range(1, 5));
    for (const [index, { id }] of screen.events().entries()) {
      const again = await listen(process, id);
      await again.until(4 - index);
      expect(numbers(again)).toEqual(range(index + 2, 5));
    }
  });

  it("hears on without a gap while events keep coming", async () => {
    const process = await start();
    const first = await listen(process);
    await process.publish(...things(1, 1));
    await first.until(1);
    const publishing = (async () => {
      for (let n = 2; n <= 200; n++) await process.publish(noted("thing", n));
    })();
    let last = first.lastId();
    first.leave();
    const heard = numbers(first);
    while (heard.at(-1) !== 200) {
      const again = await listen(process, last);
      await again.until(1);
      last = again.lastId();
      again.leave();
      const got = numbers(again);
      heard.push(...got);
      last = again.events().at(-1)?.id ?? last;
    }
    await publishing;
    expect(heard).toEqual(range(1, 200));
  }, 60_000);

  it.each([
    ["with what is no place", () => Promise.resolve("7")],
    ["with a place that was never reached", () => Promise.resolve("shop:zz.09ab3c")],
    [
      "to another archive with the same numbers",
      async (process: StreamingProcess, last: string) => {
        await stop(process);
        await world.reset();
        return last;
      },
    ],
  ])("is told to load everything anew when it comes %s", async (_how, lastEventId) => {
    const process = await start();
    const screen = await listen(process);
    await process.publish(...things(1, 5));
    await screen.until(5);
    const id = await lastEventId(process, screen.lastId() ?? "");
    const second = await start();
    await second.publish(...things(11, 17));
    await archived(second, 7);
    const again = await listen(second, id);
    expect(again.heard[0]).toMatchObject({
      event: "reset",
      data: { reason: "unknown-position" },
    });
    await second.publish(noted("thing", 18));
    await again.until(1);
    expect(numbers(again)).toEqual([18]);
  });

  it("is told to load everything anew when more has happened than is kept at hand", async () => {
    const process = await start({ ring: { entries: 20 } });
    const screen = await listen(process);
    await process.publish(...things(1, 1));
    await screen.until(1);
    screen.leave();
    await process.publish(...things(2, 40));
    await archived(process, 40);
    const again = await listen(process, screen.lastId());
    expect(again.heard[0]).toMatchObject({ event: "reset", data: { reason: "too-old" } });
  });
});

describe("several processes", () => {
  it("hear also what one of them told before the other could listen to it", async () => {
    const one = await start();
    await eventually(() => expect(one.outbox.isRelaying()).toBe(true));
    const { database } = world;
    let connect: () => void = () => undefined;
    const connected = new Promise<void>((resolve) => (connect = resolve));
    const other = await start({
      timing: { lookMs: 60_000 },
      signals: {
        run: (statement, values) => database.run(statement, values),
        openSession: (purpose) => connected.then(() => database.openSession(purpose)),
      },
    });
    const screen = await listen(other);
    await one.publish(noted("thing", 1));
    await archived(one, 1);
    connect();
    await screen.until(1);
  });

  it("tell their screens the same, whoever relays, and a screen may change from one to the other", async () => {
    const one = await start({ timing: { lookMs: 60_000 } });
    await eventually(() => expect(one.outbox.isRelaying()).toBe(true));
    const other = await start({ timing: { lookMs: 60_000 } });
    const [here, there] = [await listen(one), await listen(other)];
    // Written by the one that does not relay, and by the one that does.
    for (let n = 1; n <= 40; n++) await (n % 2 === 0 ? one : other).publish(noted("thing", n));
    await Promise.all([here.until(40), there.until(40)]);
    expect(numbers(here)).toEqual(range(1, 40));
    expect(there.events()).toEqual(here.events());

    // The one that relays goes; its screen goes on at the other.
    await stop(one);
    expect(here.heard.at(-1)).toMatchObject({ event: "closing", data: { reason: "draining" } });
    const moved = await listen(other, here.lastId());
    for (let n = 41; n <= 60; n++) await other.publish(noted("thing", n));
    await Promise.all([moved.until(20), there.until(60)]);
    expect(numbers(moved)).toEqual(range(41, 60));
    expect(numbers(there)).toEqual(range(1, 60));
  }, 60_000);

  it("find out when the archive was lost with its server, and tell their screens", async () => {
    const process = await start();
    const screen = await listen(process);
    await process.publish(...things(1, 5));
    await screen.until(5);
    // What a crash of the server does to commits that were not on disk yet, and to whoever was connected.
    await query(world.url, "delete from shop.outbox_archive where position > 3");
    await query(
      world.url,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'tiffin:shop:stream' and datname = current_database()`,
    );
    await eventually(() => {
      expect(screen.heard.at(-1)).toMatchObject({
        event: "reset",
        data: { reason: "unknown-position" },
      });
    });
    await process.publish(noted("thing", 6));
    await screen.until(6);
    expect(numbers(screen)).toEqual(range(1, 6));
  });
});

describe("an end", () => {
  it("comes with the end of the session, and what may be seen changes with its permissions", async () => {
    const process = await start();
    const [leaving, losing, staying] = [
      await listen(process, undefined, someone("leaving")),
      await listen(process, undefined, someone("losing")),
      await listen(process, undefined, someone("staying")),
    ];
    sessions.end("leaving");
    sessions.open("losing");
    await process.stream.recheck();
    await leaving.ended;
    expect(leaving.heard.at(-1)).toMatchObject({ data: { reason: "session-ended" } });
    await process.publish(...things(1, 2));
    await staying.until(2);
    expect(losing.events()).toEqual([]);
    expect(losing.hasEnded()).toBe(false);
  });

  it("comes with the end of the server, at once", async () => {
    const process = await start();
    const all = await Promise.all(range(1, 5).map(() => listen(process)));
    await stop(process);
    for (const screen of all) {
      await screen.ended;
      expect(screen.heard.at(-1)).toMatchObject({ event: "closing", data: { reason: "draining" } });
    }
  });

  it("is what a session meets that opens one stream after the other", async () => {
    const process = await start();
    const headers = someone();
    await Promise.all(range(1, 25).map(() => listen(process, undefined, headers)));
    const refused = await process.screen(headers);
    screens.push(refused);
    expect(refused.status).toBe(503);
    expect((await listen(process, undefined, someone("another"))).status).toBe(200);
  });
});

describe("two hundred screens, of which one hangs", () => {
  it("all hear everything but that one, which is dropped and costs no memory; it goes on when it comes back", async () => {
    const process = await start({
      timing: { slowMs: 1_500 },
      ring: { entries: 5_000, bytes: 64e6 },
    });
    const all = await Promise.all(
      range(1, 195).map((n) => listen(process, undefined, someone(`screen-${n}`))),
    );
    const large = (id: string) => sessions.open(id, "shop.read", "shop.read-large");
    const busy = await Promise.all(
      range(196, 199).map((n) => listen(process, undefined, large(`screen-${n}`))),
    );
    const stalled = await listen(process, undefined, large("screen-200"));
    stalled.pause();
    // More than the buffers of a connection hold.
    const PAIRS = 400;
    const about = `large ${"x".repeat(30_000)}`;
    const publishing = (async () => {
      for (let n = 1; n <= 2 * PAIRS; n += 20) {
        const events = range(n, n + 19).map((one) => noted(one % 2 === 0 ? about : "small", one));
        await process.publish(...events);
      }
    })();
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, process.stream.status().waitingBytes);
    }, 5);
    await publishing;
    await Promise.all([
      ...all.map((screen) => screen.until(PAIRS)),
      ...busy.map((screen) => screen.until(2 * PAIRS)),
    ]);
    clearInterval(watching);
    const small = range(1, PAIRS).map((n) => 2 * n - 1);
    for (const screen of all) expect(numbers(screen)).toEqual(small);
    for (const screen of busy) expect(numbers(screen)).toEqual(range(1, 2 * PAIRS));
    // 12 MB were published; what waited for anybody was an event above the mark of its connection.
    expect(most).toBeGreaterThan(30_000);
    expect(most).toBeLessThan(500_000);
    await eventually(() => expect(process.stream.status().clients).toBe(199));
    stalled.resume();
    await stalled.ended;
    const got = numbers(stalled);
    expect(got.length).toBeLessThan(2 * PAIRS);
    const again = await listen(process, stalled.events().at(-1)?.id, large("screen-200"));
    await again.until(2 * PAIRS - got.length);
    expect([...got, ...numbers(again)]).toEqual(range(1, 2 * PAIRS));
  }, 120_000);
});
