// The built screens behind a real server: what a client asks for wrongly is no fault of the server.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer } from "./testing.js";

let folder: string;
let test: Awaited<ReturnType<typeof startTestServer>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "screens-"));
  mkdirSync(join(folder, "assets"));
  for (const name of ["index.html", "icon.svg", "assets/plain.js", "assets/both.js"])
    writeFileSync(join(folder, name), name);
  writeFileSync(join(folder, "assets/both.js.gz"), "packed");
  test = await startTestServer({ screens: { kind: "built", folder } });
});
afterAll(async () => {
  await test.close();
  rmSync(folder, { recursive: true });
});

describe("files of the screens", () => {
  it.each(["/icon.svg", "/assets/plain.js", "/assets/both.js"])(
    "are sent whole, whatever part of %s is asked for",
    async (path) => {
      for (const range of ["bytes=99999999-", "bytes=0-1", "bytes=x"]) {
        for (const encoding of ["gzip", "identity"]) {
          const headers = { range, "accept-encoding": encoding };
          const response = await fetch(test.url + path, { headers, method: "HEAD" });
          expect([range, encoding, response.status]).toEqual([range, encoding, 200]);
          expect(response.headers.get("accept-ranges")).toBeNull();
        }
      }
    },
  );

  it("answer a condition that does not hold with what the client did wrong", async () => {
    const headers = { "if-match": '"another"' };
    const response = await fetch(`${test.url}/assets/plain.js`, { headers });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "bad-request" });
    expect(test.log()).toBe("");
  });
});
