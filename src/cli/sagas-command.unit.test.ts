import { afterEach, expect, it, vi } from "vitest";
import { UsageError } from "./arguments.js";
import { readCommand } from "./sagas-command.js";
import type { Api } from "./server.js";

afterEach(() => {
  vi.restoreAllMocks();
});

it.each([
  [["list", "--stauts", "running"], "Unknown option '--stauts'"],
  [["list", "running"], "running is too much for list."],
  [["resume", "one", "two"], "two is too much for resume."],
  [["show", "one", "--reason", "None"], "--reason is too much for show."],
  [["abandon", "one", "paid", "in", "cash"], "paid in cash is too much for abandon."],
  [["abandon", "one"], "abandon needs --reason."],
  [["show"], "show needs the id of a saga."],
  [["toString"], "There is no command toString."],
  [[], "Name a command."],
])("refuses what a command does not take: %j", (args, why) => {
  const reading = () => readCommand(args);
  expect(reading).toThrow(UsageError);
  expect(reading).toThrow(why);
});

it("says that the list goes on", async () => {
  const log = vi.spyOn(console, "log").mockReturnValue(undefined);
  const listed = async (nextCursor: string | null) => {
    const answer = { items: [], nextCursor } as never;
    await readCommand(["list"])({ url: "", call: () => Promise.resolve(answer) } as Api);
    return log.mock.calls.flat().join("\n");
  };
  expect(await listed(null)).not.toContain("older");
  expect(await listed("more")).toContain("There are older ones: narrow it");
});
