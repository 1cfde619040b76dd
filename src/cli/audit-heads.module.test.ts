// The heads of the audit log that are kept beside the database.
import { chown, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { headsIn } from "./audit-heads.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tiffin-heads-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("are kept in order, and the last one is compared with", async () => {
  const heads = headsIn(folder);
  expect(await heads.last()).toBeUndefined();
  await heads.keep("1:aa");
  await heads.keep("2:bb");
  expect(await heads.last()).toBe("2:bb");
});

it.skipIf(process.getuid?.() !== 0)(
  "belong to the account of the folder, also by root",
  async () => {
    await chown(folder, 12_345, 12_346);
    await headsIn(folder).keep("1:aa");
    const { uid, gid } = await stat(join(folder, "audit-heads.log"));
    expect([uid, gid]).toEqual([12_345, 12_346]);
  },
);
