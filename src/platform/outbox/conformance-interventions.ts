// Promises about people: what they do to stored events happens once, is told with it, and can be seen in pages.
import { expect, it } from "vitest";
import { eventually, noted, type NotedData, range, recorder, type Suite } from "./testing.js";

export function promiseInterventions<Tx>(suite: Suite<Tx>): void {
  /** A process whose subscription refuses all events until it is mended; what is told goes to `shop.told`. */
  function startPoisoned() {
    let broken = true;
    const process = suite.start(
      [
        recorder(suite.world, "shop.a", {
          fail: ({ data }) => {
            if (broken && data.about !== "told") throw new Error("poison");
          },
        }),
        recorder(suite.world, "shop.told", {
          fail: ({ data }) => {
            if (data.about !== "told") throw new Error("not for me");
          },
        }),
      ],
      { retry: { attempts: 1 } },
    );
    const dead = (count: number) =>
      eventually(async () =>
        expect(await process.inbox.list({ subscription: "shop.a", status: "dead" })).toHaveLength(
          count,
        ),
      );
    return { ...process, dead, mend: () => (broken = false) };
  }

  const told = (n: number) => () => noted("told", n);

  it("are told of a replay and of a discard in the same transaction, and of nothing that did not happen", async () => {
    const process = startPoisoned();
    const [first, second] = [noted("x", 1), noted("y", 2)];
    await process.publish(first, second);
    await process.dead(2);
    process.mend();
    const by = { actor: "Daw Mya", reason: "mended" };
    const replay = (eventId: string, n: number) =>
      process.inbox.replay({ subscription: "shop.a", eventId }, { ...by, tell: told(n) });
    const discard = (eventId: string, n: number) =>
      process.inbox.discard("shop.a", eventId, { ...by, tell: told(n) });
    expect(await replay(first.id, 10)).toBe(1);
    await eventually(async () => expect(await suite.world.effects("shop.a")).toContain(1));
    expect(await replay(first.id, 11)).toBe(0);
    expect(await discard(second.id, 20)).toBe(true);
    expect(await discard(second.id, 21)).toBe(false);
    expect(await discard(first.id, 22)).toBe(false);
    process.outbox.wake();
    await suite.applied("shop.told", [10, 20]);
    expect(await process.inbox.list({ subscription: "shop.a" })).toMatchObject([
      { status: "discarded", discardedBy: "Daw Mya", discardedReason: "mended" },
    ]);
    // Told once more by nobody: nothing is left in the outbox.
    await eventually(async () => expect((await process.outbox.status()).backlog).toBe(0));
  });

  it("are told on their own, where the deed lies elsewhere", async () => {
    const process = startPoisoned();
    await process.inbox.tell(noted("told", 1));
    process.outbox.wake();
    await suite.applied("shop.told", [1]);
    await eventually(async () => expect((await process.outbox.status()).backlog).toBe(0));
    expect(await process.inbox.list()).toEqual([]);
  });

  it("are seen in pages, each once, by status, key and time", async () => {
    const process = startPoisoned();
    const at = (n: number) => new Date(Date.UTC(2030, 0, n));
    await process.publish(...range(1, 7).map((n) => noted(`k${n}`, n, at(n))));
    await process.dead(7);
    const query = { subscription: "shop.a", status: "dead" } as const;
    const seen: number[] = [];
    let after: { eventId: string; subscription: string } | undefined;
    for (let page = 1; page <= 4; page++) {
      const rows = await process.inbox.list({ ...query, limit: 2, after });
      seen.push(...rows.map(({ event }) => (event.data as NotedData).n));
      const last = rows.at(-1);
      after = last && { eventId: last.event.id, subscription: last.subscription };
    }
    expect(seen).toEqual(range(1, 7));
    const numbers = async (more: object) =>
      (await process.inbox.list({ ...query, ...more })).map(
        ({ event }) => (event.data as NotedData).n,
      );
    expect(await numbers({ key: "k3" })).toEqual([3]);
    expect(await numbers({ from: at(3), to: at(5) })).toEqual([3, 4]);
    expect(await process.inbox.list({ ...query, status: "waiting" })).toEqual([]);
  });

  it("are replayed from a discard too, when a person names the event", async () => {
    const process = startPoisoned();
    const event = noted("x", 1);
    await process.publish(event);
    await process.dead(1);
    await process.inbox.discard("shop.a", event.id, { actor: "Daw Mya", reason: "by mistake" });
    process.mend();
    expect(await process.inbox.replay({ subscription: "shop.a" }, { actor: "Daw Mya" })).toBe(0);
    const named = { subscription: "shop.a", eventId: event.id };
    expect(await process.inbox.replay(named, { actor: "Daw Mya" })).toBe(1);
    await suite.applied("shop.a", [1]);
  });
}
