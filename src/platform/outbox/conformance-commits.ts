// Promises about commits: one that comes late is not passed by, and nobody has to poll to see one.
import { expect, it, vi } from "vitest";
import { dataIs } from "./subscription.js";
import { eventually, Noted, noted, recorder, type Suite } from "./testing.js";

const FAR_OFF_MS = 60_000;

export function promiseCommits<Tx>(suite: Suite<Tx>): void {
  it("that commit late are delivered late, where a reader at id > last loses them", async () => {
    const naive: number[] = [];
    let last: string | number | null = null;
    const readNaively = async () => {
      for (const { place, n } of await suite.world.readAfter(last)) {
        last = place;
        naive.push(n);
      }
    };
    const late = await suite.world.beginLate(noted("late", 1));
    await suite.world.publish([noted("early", 2)]);
    await readNaively();
    const process = suite.start([recorder(suite.world, "shop.a")]);
    await suite.applied("shop.a", [2]);
    await eventually(async () =>
      expect(await process.outbox.status()).toMatchObject({ archived: 1, backlog: 0 }),
    );
    await process.outbox.stop();
    await late.commit();
    await readNaively();
    expect(naive).toEqual([2]);
    await process.stop();
    suite.start([recorder(suite.world, "shop.a")]);
    await suite.applied("shop.a", [2, 1]);
  });

  it("of many overlapping transactions are delivered, none lost, none twice", async () => {
    const process = suite.start([recorder(suite.world, "shop.a")]);
    const open = [];
    for (let n = 1; n <= 12; n++) {
      open.push(await suite.world.beginLate(noted(`k${n}`, n)));
      // Every third of them is the oldest, the others are the youngest: they overlap in every way.
      if (n % 3 === 0) await open.shift()?.commit();
      else if (n % 3 === 1) await open.pop()?.commit();
      process.outbox.wake();
    }
    for (const transaction of open) await transaction.commit();
    process.outbox.wake();
    await eventually(async () =>
      expect((await suite.world.effects("shop.a")).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 12 }, (_, index) => index + 1),
      ),
    );
  });

  it("of one key are archived in their order, though only an earlier one waits for a slow listener", async () => {
    let open = () => undefined as void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slow = { fail: () => gate, ignores: dataIs(Noted, ({ n }) => n !== 1) };
    const process = suite.start(
      [recorder(suite.world, "shop.a"), recorder(suite.world, "shop.slow", slow)],
      { timing: { stuckAfterMs: 60_000 } },
    );
    await process.publish(noted("x", 1), noted("x", 2), noted("y", 3));
    const delivered = async (key: string) =>
      (await process.outbox.find({ key })).map((event) => event.delivered);
    await eventually(async () => expect(await delivered("y")).toEqual([true]));
    expect(await delivered("x")).toEqual([false, false]);
    open();
    await eventually(async () => expect(await delivered("x")).toEqual([true, true]));
  });

  it("are told in-process: the next poll may be a minute away", async () => {
    const process = suite.start([recorder(suite.world, "shop.a")], {
      timing: { firstPollMs: FAR_OFF_MS, longestPollMs: FAR_OFF_MS },
    });
    await eventually(() => expect(process.outbox.isRelaying()).toBe(true));
    for (const n of [1, 2, 3]) {
      await process.publish(noted("x", n));
      await suite.applied(
        "shop.a",
        [1, 2, 3].filter((other) => other <= n),
      );
    }
  });

  it("that nobody told are found by the poll", async () => {
    const process = suite.start([recorder(suite.world, "shop.a")]);
    await eventually(() => expect(process.outbox.isRelaying()).toBe(true));
    await suite.world.publish([noted("x", 1)]);
    await suite.applied("shop.a", [1]);
  });

  it("that nobody told are found by the poll, although the clock was put back", async () => {
    const process = suite.start([recorder(suite.world, "shop.a")]);
    await eventually(() => expect(process.outbox.isRelaying()).toBe(true));
    const now = Date.now;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => now() - 3_600_000);
    try {
      await suite.world.publish([noted("x", 1)]);
      await suite.applied("shop.a", [1]);
    } finally {
      clock.mockRestore();
    }
  });
}
