// Old rows leave on machines that are switched off each night as well.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createAuth } from "./index.js";
import type { AuthDatabase } from "./schema.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("purges soon after the start, and no more after the stop", async () => {
  const purged: string[] = [];
  const statement = { where: () => statement, execute: () => Promise.resolve([]) };
  const kysely = {
    deleteFrom: (table: string) => {
      purged.push(table);
      return statement;
    },
  };
  const auth = createAuth({
    database: { kysely } as unknown as AuthDatabase,
    outbox: { add: () => Promise.resolve(), wake: () => undefined },
    clock: () => new Date(),
    sampleStaffAllowed: true,
    secure: false,
  });
  await auth.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(purged).toEqual(["sessions", "approvals", "signInFailures"]);
  await auth.stop();
  await vi.advanceTimersByTimeAsync(7_200_000);
  expect(purged).toHaveLength(3);
});
