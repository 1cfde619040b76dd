// Promises about what cannot be applied: kept with its causes, in order, for people to see, replay or discard.
import { expect, it, vi } from "vitest";
import {
  eventually,
  foreign,
  noted,
  type NotedData,
  range,
  recorder,
  type Suite,
} from "./testing.js";

export function promiseFailures<Tx>(suite: Suite<Tx>): void {
  it("wait behind a failed one of their key, and other keys go on", async () => {
    let broken = true;
    const process = suite.start(
      [
        recorder(suite.world, "shop.a", {
          fail: (event) => {
            if (broken && event.data.n === 2) throw new Error("The oven is cold");
          },
        }),
      ],
      { retry: { attempts: 1_000, firstPauseMs: 20, longestPauseMs: 20 } },
    );
    await process.publish(
      noted("x", 1),
      noted("x", 2),
      noted("x", 3),
      noted("y", 4),
      noted("x", 5),
    );
    await suite.applied("shop.a", [1, 4]);
    await eventually(async () => {
      const stored = await process.inbox.list();
      expect(stored.map(({ event, status }) => [(event.data as NotedData).n, status])).toEqual([
        [2, "waiting"],
        [3, "held"],
        [5, "held"],
      ]);
    });
    broken = false;
    await suite.applied("shop.a", [1, 4, 2, 3, 5]);
    expect(await process.inbox.list()).toEqual([]);
  });

  it("keep their order behind a failed one, although the clock was put back between two processes", async () => {
    let broken = true;
    const one = recorder(suite.world, "shop.a", {
      fail: (event) => {
        if (broken && event.data.n === 1) throw new Error("The oven is cold");
      },
    });
    const held = async (process: ReturnType<typeof suite.start>, count: number) =>
      eventually(async () =>
        expect(await process.inbox.list({ status: "held" })).toHaveLength(count),
      );
    const first = suite.start([one]);
    await first.publish(noted("x", 1), noted("x", 2));
    await held(first, 1);
    await first.stop();
    const now = Date.now;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => now() - 3_600_000);
    const second = suite.start([one]);
    try {
      await second.publish(noted("x", 3));
      await held(second, 2);
    } finally {
      clock.mockRestore();
    }
    broken = false;
    await second.inbox.replay({}, { actor: "Manager" });
    await suite.applied("shop.a", [1, 2, 3]);
  });

  it("are tried by one process at a time, so that two that share a store keep the order of a key", async () => {
    let broken = true;
    let open = () => undefined as void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const tried: number[] = [];
    const one = () =>
      recorder(suite.world, "shop.a", {
        async fail({ data }) {
          if (broken) throw new Error("The oven is cold");
          tried.push(data.n);
          if (tried.length === 1) await gate;
        },
      });
    const retry = { attempts: 1_000, firstPauseMs: 20, longestPauseMs: 20 };
    const first = suite.start([one()], { retry });
    await first.publish(noted("x", 1), noted("x", 2));
    await eventually(async () =>
      expect(await first.inbox.list({ status: "held" })).toHaveLength(1),
    );
    const second = suite.start([one()], { retry });
    await second.inbox.replay({}, { actor: "Daw Mya" });
    broken = false;
    await eventually(() => expect(tried).toEqual([1]));
    // Long enough for the other process to come by many times.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const meanwhile = [...tried];
    open();
    await suite.applied("shop.a", [1, 2]);
    expect(meanwhile).toEqual([1]);
    expect(tried).toEqual([1, 2]);
  });

  it("are dead letters after the last attempt, with every cause, and hold their key until a person replays", async () => {
    let broken = true;
    const process = suite.start([
      recorder(suite.world, "shop.a", {
        fail: (event) => {
          if (broken && event.data.n === 1) throw new Error("No \0 such table");
        },
      }),
    ]);
    await process.publish(noted("x", 1), noted("x", 2));
    await eventually(async () =>
      expect((await process.inbox.list({ status: "dead" })).length).toBe(1),
    );
    const [dead] = await process.inbox.list({ status: "dead" });
    expect(dead).toMatchObject({ attempts: 3, subscription: "shop.a" });
    expect(dead?.causes.map((cause) => cause.message)).toEqual(
      Array(3).fill("No \uFFFD such table"),
    );
    expect(dead?.causes[0]?.stack).toContain("conformance");
    expect(Date.parse(dead?.causes[2]?.at ?? "")).toBeGreaterThan(
      Date.parse(dead?.causes[0]?.at ?? ""),
    );
    await process.publish(noted("x", 3));
    await eventually(async () =>
      expect((await process.inbox.status())[0]).toMatchObject({ dead: 1, held: 2 }),
    );
    broken = false;
    expect(await process.inbox.replay({ eventId: dead?.event.id }, { actor: "Daw Mya" })).toBe(1);
    await suite.applied("shop.a", [1, 2, 3]);
  });

  it("are tried again after pauses that grow, none of them the same for all", async () => {
    const process = suite.start(
      [
        recorder(suite.world, "shop.a", {
          fail: () => {
            throw new Error("closed");
          },
        }),
      ],
      { retry: { attempts: 5, firstPauseMs: 20, longestPauseMs: 80 } },
    );
    await process.publish(...range(1, 12).map((n) => noted(`k${n}`, n)));
    await eventually(async () =>
      expect((await process.inbox.list({ status: "dead" })).length).toBe(12),
    );
    const pauses = (await process.inbox.list()).map(({ attempts, causes }) => {
      expect([attempts, causes.length]).toEqual([5, 5]);
      const at = causes.map((cause) => Date.parse(cause.at));
      return at.slice(1).map((time, index) => time - (at[index] ?? time));
    });
    // Half of a pause is certain, the other half is chance; a millisecond is lost to rounding.
    for (const [first = 0, second = 0, third = 0, fourth = 0] of pauses) {
      expect(first).toBeGreaterThanOrEqual(9);
      expect(second).toBeGreaterThanOrEqual(19);
      expect(third).toBeGreaterThanOrEqual(39);
      expect(fourth).toBeGreaterThanOrEqual(39);
    }
    expect(new Set(pauses.map((each) => each.join())).size).toBeGreaterThan(6);
  });

  it("that one subscription cannot apply are applied by another, in its own transaction", async () => {
    const process = suite.start(
      [
        recorder(suite.world, "shop.a", {
          fail: () => {
            throw new Error("broken");
          },
        }),
        recorder(suite.world, "shop.b"),
      ],
      { retry: { attempts: 1 } },
    );
    await process.publish(noted("x", 1), noted("x", 2));
    await suite.applied("shop.b", [1, 2]);
    await eventually(async () =>
      expect((await process.inbox.list()).map(({ subscription }) => subscription)).toEqual([
        "shop.a",
        "shop.a",
      ]),
    );
    expect(await suite.world.effects("shop.a")).toEqual([]);
  });

  it("are replayed for a whole subscription, or for a span of time", async () => {
    let broken = true;
    const process = suite.start(
      [
        recorder(suite.world, "shop.a", {
          fail: () => {
            if (broken) throw new Error("closed");
          },
        }),
      ],
      { retry: { attempts: 1 } },
    );
    const at = (hour: number) => new Date(Date.UTC(2030, 0, 1, hour));
    await process.publish(noted("a", 1, at(8)), noted("b", 2, at(9)), noted("c", 3, at(10)));
    await eventually(async () =>
      expect((await process.inbox.list({ status: "dead" })).length).toBe(3),
    );
    broken = false;
    expect(
      await process.inbox.replay(
        { subscription: "shop.a", from: at(9), to: at(10) },
        { actor: "Daw Mya" },
      ),
    ).toBe(1);
    await suite.applied("shop.a", [2]);
    expect(await process.inbox.replay({ subscription: "shop.a" }, { actor: "Daw Mya" })).toBe(2);
    await eventually(async () =>
      expect((await suite.world.effects("shop.a")).toSorted((a, b) => a - b)).toEqual([1, 2, 3]),
    );
  });

  it("are discarded with a reason and an actor, and then the key goes on", async () => {
    const process = suite.start(
      [
        recorder(suite.world, "shop.a", {
          fail: (event) => {
            if (event.data.n === 1) throw new Error("never");
          },
        }),
      ],
      { retry: { attempts: 1 } },
    );
    const event = noted("x", 1);
    await process.publish(event, noted("x", 2));
    await eventually(async () =>
      expect((await process.inbox.list({ status: "held" })).length).toBe(1),
    );
    expect(
      await process.inbox.discard("shop.a", event.id, { actor: "Daw Mya", reason: "test order" }),
    ).toBe(true);
    expect(
      await process.inbox.discard("shop.a", event.id, { actor: "Daw Mya", reason: "again" }),
    ).toBe(false);
    await suite.applied("shop.a", [2]);
    // In MongoDB the copy of what was applied goes a moment after its effect is seen.
    await eventually(async () =>
      expect(await process.inbox.list()).toMatchObject([
        { status: "discarded", discardedBy: "Daw Mya", discardedReason: "test order" },
      ]),
    );
  });

  it("that no definition knows, or whose payload breaks its schema, are dead letters at once and crash nothing", async () => {
    const process = suite.start([recorder(suite.world, "shop.a", { patterns: ["shop.**"] })]);
    await process.publish(
      foreign("shop.thing-noted.v2", "x", { about: "x", n: 1 }),
      foreign("shop.thing-noted.v1", "y", { about: "y", n: "one" }),
      noted("z", 3),
    );
    await suite.applied("shop.a", [3]);
    await eventually(async () =>
      expect((await process.inbox.list({ status: "dead" })).length).toBe(2),
    );
    const [version, payload] = await process.inbox.list();
    expect(version).toMatchObject({ attempts: 1 });
    expect(version?.causes[0]?.message).toContain("knows no event shop.thing-noted.v2");
    expect(payload?.causes[0]?.message).toContain("does not fit its schema");
  });

  it("wait, uncounted, while the inbox's store is away, and are applied when it is back", async () => {
    const process = suite.start([recorder(suite.world, "shop.a")]);
    await process.publish(noted("x", 1));
    await suite.applied("shop.a", [1]);
    await suite.world.breakInbox(true);
    await process.publish(...range(2, 9).map((n) => noted("x", n)));
    await new Promise((resolve) => setTimeout(resolve, 700));
    await suite.world.breakInbox(false);
    await suite.applied("shop.a", range(1, 9));
    expect(await process.inbox.list()).toEqual([]);
  });
}
