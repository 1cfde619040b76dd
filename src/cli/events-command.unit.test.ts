import { describe, expect, it } from "vitest";
import { UsageError } from "./arguments.js";
import { readCommand } from "./events-command.js";
import { duration } from "./events-view.js";
import type { Api } from "./server.js";

/** Remembers what was asked, and answers in turn. */
function createFakeApi(...answers: unknown[]) {
  const asked: unknown[][] = [];
  const api: Api = {
    url: "http://test",
    call: (...request) => {
      asked.push(request.filter((part) => part !== undefined));
      return Promise.resolve(answers.shift() as never);
    },
  };
  return { api, asked };
}

const stored = (id: string) => ({
  subscription: "orders.copy-stock",
  status: "dead",
  attempts: 10,
  nextAttemptAt: null,
  storedAt: "2030-01-01T00:00:00.000Z",
  event: {
    id,
    name: "inventory.stock-changed.v1",
    key: "k",
    publisher: "inventory",
    occurredAt: "2030-01-01T00:00:00.000Z",
    trace: null,
  },
  causes: [{ at: "2030-01-01T00:00:00.000Z", message: "The oven\nis cold" }],
  causeCount: 10,
  discarded: null,
});

describe("npm run events", () => {
  it.each([
    [["replay"], "replay needs an id"],
    [["discard", "e1", "--subscription", "a.b"], "discard needs --subscription"],
    [["discard"], "discard needs the id of an event"],
    [["show"], "show needs the id of an event"],
    [["pause"], "pause needs the name of a subscription"],
    [["list", "--from", "yesterday"], "--from yesterday is no time"],
    [["replay", "--from", "1.12.2026"], "--from 1.12.2026 is no time"],
    [["list", "--to", "10"], "--to 10 is no time"],
    [["list", "--limit", "0"], "--limit is a whole number"],
    [["list", "--nonsense"], "nonsense"],
    [["show", "e1", "e2"], "e2 is too much: show takes <id>, --json."],
    [["destroy"], "There is no command destroy. There are status, list, show"],
    [["toString"], "There is no command toString"],
    [
      ["replay", "--all", "--status", "dead"],
      "--status is too much: replay takes <id>, --subscription, --from, --to, --all, --reason, --json.",
    ],
    [["list", "orders.copy-stock"], "orders.copy-stock is too much: list takes --subscription"],
    [
      ["discard", "e1", "--subscription", "a.b", "--reason", "r", "--from", "2030-01-01"],
      "--from is too much: discard takes <id>, --subscription, --reason, --json.",
    ],
    [["pause", "a.b", "--to", "2030-01-01"], "--to is too much: pause takes <subscription>"],
    [["show", "e1", "--limit", "3"], "--limit is too much"],
    [["--all"], "--all is too much: status takes --json."],
  ])("refuses %j before it asks anything", (args, why) => {
    expect(() => readCommand(args)).toThrow(UsageError);
    expect(() => readCommand(args)).toThrow(why);
  });

  it("lists page by page until the limit, and says that there is more", async () => {
    const page = (ids: string[], nextCursor: string | null) => ({
      items: ids.map(stored),
      nextCursor,
    });
    const hundred = Array.from({ length: 100 }, (_, index) => `e${index}`);
    const { api, asked } = createFakeApi(page(hundred, "c1"), page(["last"], "c2"));
    const text = await readCommand(["list", "--limit", "101", "--status", "dead"])(api);
    expect(asked).toEqual([
      ["GET", "/api/system/events?limit=100&status=dead"],
      ["GET", "/api/system/events?limit=1&status=dead&cursor=c1"],
    ]);
    expect(text).toContain("The oven is cold");
    expect(text).toContain("101 stored events, and more: raise --limit.");
  });

  it("lists what one key has, as the server can", async () => {
    const { api, asked } = createFakeApi({ items: [], nextCursor: null });
    await readCommand(["list", "--key", "order-1", "--json"])(api);
    expect(asked).toEqual([["GET", "/api/system/events?limit=100&key=order-1"]]);
  });

  it("reads times as they are meant here, and sends instants", async () => {
    const { api, asked } = createFakeApi({ replayed: 2 });
    const text = await readCommand(["replay", "--from", "2030-01-01", "--to", "2030-01-02T10:00Z"])(
      api,
    );
    expect(asked[0]?.[2]).toMatchObject({
      from: new Date("2030-01-01T00:00").toISOString(),
      to: "2030-01-02T10:00:00.000Z",
    });
    expect(text).toBe("2 events are tried again now.");
  });

  it("prints what the server answers, on demand", async () => {
    const { api } = createFakeApi({ replayed: 0 });
    expect(JSON.parse(await readCommand(["replay", "e1", "--json"])(api))).toEqual({ replayed: 0 });
  });

  it("names subscriptions in addresses safely", async () => {
    const { api, asked } = createFakeApi({ outboxes: [] });
    await readCommand(["pause", "a/../b"])(api);
    expect(asked[0]?.[1]).toBe("/api/system/events/subscriptions/a%2F..%2Fb/pause");
  });

  it("says durations in the unit that fits", () => {
    expect([0, 999, 1_000, 90_000, 7_200_000, 200_000_000].map(duration)).toEqual([
      "0 ms",
      "999 ms",
      "1 s",
      "2 min",
      "2 h",
      "2 d",
    ]);
  });
});
