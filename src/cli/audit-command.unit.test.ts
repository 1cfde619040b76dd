// What is asked of the server for what is typed, what is kept, and when the command fails.
import { describe, expect, it } from "vitest";
import { UsageError } from "./arguments.js";
import { readCommand } from "./audit-command.js";

const HEAD = `7:${"ab".repeat(32)}`;

function serving(answers: object[]) {
  const asked: string[] = [];
  const kept: string[] = [];
  return {
    asked,
    kept,
    api: {
      url: "http://till",
      call: <T>(method: string, path: string) => {
        asked.push(`${method} ${path}`);
        return Promise.resolve(answers.shift() as T);
      },
    },
    heads: {
      last: () => Promise.resolve(kept.at(-1)),
      keep: (head: string) => Promise.resolve(void kept.push(head)),
    },
  };
}

describe("verify", () => {
  it("keeps the head of a sound log, and compares with it the next time", async () => {
    const sound = { sound: true, entries: 7, head: HEAD, faults: [] };
    const { api, heads, asked, kept } = serving([sound, sound]);
    const first = await readCommand(["verify"])(api, heads);
    expect(first).toMatchObject({ ok: true, text: expect.stringContaining(HEAD) });
    await readCommand([])(api, heads);
    expect(asked).toEqual([
      "GET /api/audit/verification",
      `GET /api/audit/verification?head=${encodeURIComponent(HEAD)}`,
    ]);
    expect(kept).toEqual([HEAD, HEAD]);
  });

  it("fails with each fault, and keeps no head of a log that is not sound", async () => {
    const faults = [{ position: 3, what: "altered: its text does not have its hash" }];
    const { api, heads, kept, asked } = serving([{ sound: false, entries: 7, head: HEAD, faults }]);
    const said = await readCommand(["verify", "--head", HEAD])(api, heads);
    expect(said.ok).toBe(false);
    expect(said.text).toContain("✗ entry 3: altered");
    expect(asked[0]).toContain(encodeURIComponent(HEAD));
    expect(kept).toEqual([]);
  });
});

describe("list", () => {
  it("passes filters on and reads on until it has what was asked for", async () => {
    const entry = {
      position: 2,
      at: "2026-11-25T09:00:00.000Z",
      actor: { id: "1", name: "Ko Aung", role: "cashier" },
      approvedBy: { id: "2", name: "Daw Hla" },
      action: "orders.cancel",
      subject: { type: "order", id: "o1", name: "#7" },
      reason: "cold",
    };
    const more = { items: Array.from({ length: 100 }, () => entry), nextCursor: "c" };
    const { api, heads, asked } = serving([more, { items: [entry], nextCursor: null }]);
    const said = await readCommand(["list", "--actor", "1", "--limit", "150"])(api, heads);
    expect(asked).toEqual([
      "GET /api/audit?limit=100&actor=1",
      "GET /api/audit?limit=50&cursor=c&actor=1",
    ]);
    expect(said.text).toContain("When (UTC)");
    expect(said.text).toMatch(/Ko Aung +orders\.cancel +order #7 +– +Daw Hla +cold/);
  });
});

it("takes a date for its beginning on this machine, as npm run events does", async () => {
  const { api, heads, asked } = serving([{ items: [], nextCursor: null }]);
  await readCommand(["list", "--since", "2030-01-01"])(api, heads);
  const since = encodeURIComponent(new Date("2030-01-01T00:00").toISOString());
  expect(asked).toEqual([`GET /api/audit?limit=50&since=${since}`]);
});

it.each([
  ["forget"],
  ["list", "--limit", "none"],
  ["list", "--until", "yesterday"],
  ["verify", "now"],
  ["--loud"],
])("refuses %s %s before it asks the server", (...args) => {
  expect(() => readCommand(args)).toThrow(UsageError);
});
