// Promises about delivery: whole, in order, once, through crashes and takeovers, and for subscriptions that come late.
import { expect, it } from "vitest";
import { emit } from "#platform/bus/emit";
import { dataIs, toMessage } from "./subscription.js";
import {
  eventually,
  Noted,
  noted,
  type NotedData,
  range,
  recorder,
  type Suite,
} from "./testing.js";

export function promiseDelivery<Tx>(suite: Suite<Tx>): void {
  it("leave with the change, and not at all when the change is undone", async () => {
    const process = suite.start([recorder(suite.world, "shop.a")]);
    await suite.world.publishInVain(noted("x", 1));
    await process.publish(noted("x", 2));
    await suite.applied("shop.a", [2]);
    expect(await suite.world.changes()).toBe(1);
  });

  it("reach every subscription once, in the order of commits within a key", async () => {
    const process = suite.start([recorder(suite.world, "shop.a"), recorder(suite.world, "shop.b")]);
    for (const n of range(1, 40)) await process.publish(noted("x", n));
    await suite.applied("shop.a", range(1, 40));
    await suite.applied("shop.b", range(1, 40));
  });

  it("reach each subscription as a copy of its own, as if it came over a wire", async () => {
    const scribble = ({ data }: { data: NotedData }) => void (data.n = 99);
    const process = suite.start([
      recorder(suite.world, "shop.a", { fail: scribble }),
      recorder(suite.world, "shop.b"),
    ]);
    await process.publish(noted("x", 1));
    await suite.applied("shop.a", [99]);
    await suite.applied("shop.b", [1]);
    await eventually(async () =>
      expect(await process.outbox.find({ key: "x" })).toMatchObject([
        { event: { data: { n: 1 } } },
      ]),
    );
  });

  it("that a subscription ignores are delivered to it without a trace, and to the others as ever", async () => {
    const isOdd = dataIs(Noted, ({ n }) => n % 2 === 1);
    const process = suite.start([
      recorder(suite.world, "shop.a"),
      recorder(suite.world, "shop.even", { ignores: isOdd }),
    ]);
    await process.publish(...range(1, 6).map((n) => noted("x", n)));
    await suite.applied("shop.a", range(1, 6));
    await suite.applied("shop.even", [2, 4, 6]);
    await eventually(async () =>
      expect(await process.outbox.status()).toMatchObject({ backlog: 0, archived: 6 }),
    );
    expect(await suite.world.known()).toBe(9);
    const asked = process.inbox.subscriptions.map(({ name, ignores }) => [
      name,
      [1, 2].map((n) => ignores(noted("x", n))),
    ]);
    expect(asked).toEqual([
      ["shop.a", [false, false]],
      ["shop.even", [true, false]],
    ]);
  });

  it("are archived once everybody has them, and leave nothing pending", async () => {
    const process = suite.start([recorder(suite.world, "shop.a")]);
    await process.publish(noted("x", 1), noted("y", 2));
    await eventually(async () =>
      expect(await process.outbox.status()).toMatchObject({ backlog: 0, archived: 2 }),
    );
  });

  it("come in batches under load, one at a time where a subscription wants that", async () => {
    const batch = recorder(suite.world, "shop.batch");
    const single = recorder(suite.world, "shop.single", { batchSize: 1 });
    await suite.world.publish(range(1, 60).map((n) => noted(`k${n}`, n)));
    suite.start([batch, single]);
    await suite.applied("shop.batch", range(1, 60));
    await suite.applied("shop.single", range(1, 60));
    expect(batch.batches.length).toBeLessThan(10);
    expect(single.batches.every((numbers) => numbers.length === 1)).toBe(true);
  });

  it("are delivered again after the relay lost its claim half-way, and still applied once", async () => {
    let open = () => undefined as void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const process = suite.start(
      [recorder(suite.world, "shop.a"), recorder(suite.world, "shop.slow", { fail: () => gate })],
      {
        timing: { stuckAfterMs: 60_000 },
      },
    );
    await process.publish(noted("x", 1), noted("y", 2));
    await suite.applied("shop.a", [1, 2]);
    await suite.world.breakClaim();
    await eventually(() => expect(process.outbox.isRelaying()).toBe(false));
    open();
    await process.publish(noted("x", 3));
    await suite.applied("shop.a", [1, 2, 3]);
    await suite.applied("shop.slow", [1, 2, 3]);
    await eventually(async () => expect((await process.outbox.status()).backlog).toBe(0));
  });

  it("are relayed by one process at a time; the other takes over, and each event is applied once", async () => {
    const first = suite.start([recorder(suite.world, "shop.a")]);
    await eventually(() => expect(first.outbox.isRelaying()).toBe(true));
    const second = suite.start([recorder(suite.world, "shop.a")]);
    for (const n of range(1, 20)) await second.publish(noted("x", n));
    await suite.applied("shop.a", range(1, 20));
    expect(second.outbox.isRelaying()).toBe(false);
    await first.stop();
    for (const n of range(21, 40)) await second.publish(noted("x", n));
    await suite.applied("shop.a", range(1, 40));
    expect(second.outbox.isRelaying()).toBe(true);
  });

  it("are applied once when two processes hold the same one at the same moment", async () => {
    const slowly = () => new Promise<void>((resolve) => setTimeout(resolve, 60));
    const [first, second] = [1, 2].map(() =>
      suite.start([recorder(suite.world, "shop.a", { fail: slowly })]),
    );
    if (!first || !second) throw new Error("both were started");
    // As after a takeover: what the one still works on, the other gets again.
    const messages = range(1, 6).map((n) => toMessage(noted(`k${n % 2}`, n)));
    const receipts = [first, second].flatMap(({ bus }) =>
      messages.flatMap((message) => [...emit(bus, message).values()]),
    );
    await Promise.all(receipts.map((receipt) => receipt.stored));
    expect(await suite.world.effects("shop.a")).toEqual(range(1, 6));
  });

  it("that one subscription cannot take reach the others; it catches up in order", async () => {
    let open = () => undefined as void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const process = suite.start([
      recorder(suite.world, "shop.a"),
      recorder(suite.world, "shop.stuck", { fail: () => gate }),
    ]);
    await process.publish(...range(1, 30).map((n) => noted("x", n)));
    await suite.applied("shop.a", range(1, 30));
    const standing = async () =>
      (await process.outbox.status()).subscriptions.find(({ name }) => name === "shop.stuck")
        ?.status;
    await eventually(async () => expect(await standing()).toBe("behind"));
    for (const n of range(31, 60)) await process.publish(noted("x", n));
    await suite.applied("shop.a", range(1, 60));
    await eventually(async () => expect((await process.outbox.status()).backlog).toBe(0));
    open();
    await suite.applied("shop.stuck", range(1, 60));
    await eventually(async () => expect(await standing()).toBe("live"));
    await process.publish(noted("x", 61));
    await suite.applied("shop.stuck", range(1, 61));
  });

  it("that were told before a subscription existed reach it from the beginning, from now, or from a time", async () => {
    const first = suite.start([recorder(suite.world, "shop.a")]);
    const at = (n: number) => new Date(Date.UTC(2030, 0, n));
    await first.publish(...range(1, 9).map((n) => noted("x", n, at(n))));
    await eventually(async () => expect((await first.outbox.status()).archived).toBe(9));
    await first.stop();
    const second = suite.start([
      recorder(suite.world, "shop.a"),
      recorder(suite.world, "shop.beginning"),
      recorder(suite.world, "shop.now", { from: "now" }),
      recorder(suite.world, "shop.time", { from: at(7) }),
    ]);
    await suite.applied("shop.beginning", range(1, 9));
    await suite.applied("shop.time", range(7, 9));
    await second.publish(noted("x", 10, at(10)));
    await suite.applied("shop.beginning", range(1, 10));
    await suite.applied("shop.time", range(7, 10));
    await suite.applied("shop.now", [10]);
    await suite.applied("shop.a", range(1, 10));
  });

  it("from before the time from which a subscription wants to hear stay away after a pause too", async () => {
    const at = (n: number) => new Date(Date.UTC(2030, 0, n));
    const first = suite.start([recorder(suite.world, "shop.a")]);
    await first.publish(...range(1, 9).map((n) => noted("x", n, at(n))));
    await eventually(async () => expect((await first.outbox.status()).archived).toBe(9));
    await first.stop();
    // It is paused before it has read anything: here it does not even listen.
    const other = suite.start([]);
    await eventually(() => expect(other.outbox.isRelaying()).toBe(true));
    await other.inbox.forget("shop.a", null);
    await suite.world.clearEffects("shop.a");
    expect(await other.outbox.resume("shop.a", at(7))).toBe(true);
    expect(await other.outbox.pause("shop.a")).toBe(true);
    const { subscriptions } = await other.outbox.status();
    expect(subscriptions).toMatchObject([{ name: "shop.a", status: "paused", backlog: 3 }]);
    expect(await other.outbox.resume("shop.a", null)).toBe(true);
    await other.stop();
    const last = suite.start([recorder(suite.world, "shop.a")]);
    await suite.applied("shop.a", [7, 8, 9]);
    await last.publish(noted("x", 10, at(10)));
    await suite.applied("shop.a", [7, 8, 9, 10]);
  });

  it("rebuild a subscription's effects from the beginning while new ones come, with the same result", async () => {
    const process = suite.start([
      recorder(suite.world, "shop.a"),
      recorder(suite.world, "shop.other"),
    ]);
    const inOrder = async (name: string, numbers: readonly number[]) => {
      const effects = await suite.world.effects(name);
      const byKey = (list: readonly number[]) =>
        range(0, 6).map((key) => list.filter((n) => n % 7 === key));
      expect(byKey(effects)).toEqual(byKey(numbers));
    };
    await process.publish(...range(1, 300).map((n) => noted(`k${n % 7}`, n)));
    for (const name of ["shop.a", "shop.other"])
      await eventually(() => inOrder(name, range(1, 300)));
    expect(await process.outbox.pause("shop.a")).toBe(true);
    await process.publish(noted("k0", 301));
    await eventually(() => inOrder("shop.other", range(1, 301)));
    expect((await suite.world.effects("shop.a")).length).toBe(300);
    await process.inbox.forget("shop.a", null);
    await suite.world.clearEffects("shop.a");
    expect(await process.outbox.resume("shop.a", "beginning")).toBe(true);
    await process.publish(noted("k1", 302));
    await eventually(() => inOrder("shop.a", range(1, 302)));
  });

  it("stay out of the archive and the inbox after the retention time, and only then", async () => {
    const process = suite.start([recorder(suite.world, "shop.a")], { retentionDays: 10 });
    await process.publish(noted("x", 1));
    await eventually(async () => expect((await process.outbox.status()).archived).toBe(1));
    await process.outbox.purge();
    expect((await process.outbox.status()).archived).toBe(1);
    await suite.world.age(11);
    await process.publish(noted("x", 2));
    await eventually(async () => expect((await process.outbox.status()).archived).toBe(2));
    await process.outbox.purge();
    expect((await process.outbox.status()).archived).toBe(1);
    // The inbox remembers for longer than an archive could bring an event back.
    await process.inbox.purge();
    expect(await suite.world.known()).toBe(2);
    await suite.world.age(60);
    await process.publish(noted("x", 3));
    await suite.applied("shop.a", [1, 2, 3]);
    await process.inbox.purge();
    expect(await suite.world.known()).toBe(1);
  });

  it("in flight are applied before a graceful stop ends", async () => {
    const process = suite.start([
      recorder(suite.world, "shop.a", {
        fail: () => new Promise((resolve) => setTimeout(resolve, 20)),
        batchSize: 1,
      }),
    ]);
    await process.publish(...range(1, 10).map((n) => noted("x", n)));
    await eventually(async () =>
      expect((await suite.world.effects("shop.a")).length).toBeGreaterThan(1),
    );
    await process.stop();
    expect(await suite.world.effects("shop.a")).toEqual(range(1, 10));
    expect(await process.outbox.status()).toMatchObject({ backlog: 0 });
  });

  it("tell their story: where they are and who has them", async () => {
    const process = suite.start([recorder(suite.world, "shop.a")]);
    const event = noted("table-4", 1);
    await process.publish(event);
    await suite.applied("shop.a", [1]);
    await eventually(async () =>
      expect(await process.outbox.find({ key: "table-4" })).toMatchObject([
        {
          delivered: true,
          event: { id: event.id, data: { n: 1 }, occurredAt: event.occurredAt },
        },
      ]),
    );
    expect(await process.inbox.deliveries([event.id])).toMatchObject([
      { subscription: "shop.a", eventId: event.id },
    ]);
  });
}
