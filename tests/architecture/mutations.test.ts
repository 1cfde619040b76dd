// A mutation that finds nothing to take away proves nothing: mutations.long.test.ts, which takes long, would tell late.
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { MUTATIONS } from "./mutations.js";

describe("What mutations.long.test.ts takes away is there", () => {
  it.each(MUTATIONS)("$what", async ({ file, take, test }) => {
    await expect(readFile(file, "utf8")).resolves.toContain(take);
    await expect(readFile(test, "utf8"), "the test that must notice").resolves.toContain("expect(");
  });
});
