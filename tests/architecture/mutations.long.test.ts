// Takes away what holds a border, one thing at a time, in a copy of this project: each time a test must fail. For the
// import rules nothing needs to be taken away: imports.test.ts asks that exactly the rule for it refuses each violation.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestServer } from "../../src/platform/embedded/testing.js";
import { copyProject, type ProjectCopy } from "../setup/copy.js";
import { MUTATIONS } from "./mutations.js";

let server: TestServer;
let copy: ProjectCopy;
beforeAll(async () => {
  // Of its own: what a role may do without a border is seen by all databases of a server.
  server = await startTestPostgres();
  copy = await copyProject(server.url);
});
afterAll(async () => {
  await copy?.remove();
  await server?.stop();
});

describe("A test fails", () => {
  it.each(MUTATIONS)("without $what", async ({ file, take, leave, project, test }) => {
    const path = join(copy.path, file);
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace(take, leave));
    try {
      // The first failure is enough, and is not tried again: it is wanted.
      const once = ["--project", project, "--bail", "1", "--retry", "0"];
      const { code, text: output } = await copy.run("vitest", "run", ...once, test);
      expect(code, output.slice(-2_000)).not.toBe(0);
      // A test ran and noticed; it did not just fail to start.
      expect(output).toMatch(/Tests\b.*\d failed/);
    } finally {
      await writeFile(path, text);
    }
  });

  it("only then: the copy as it is passes", async () => {
    const files = [...new Set(MUTATIONS.map(({ test }) => test))];
    const { code, text } = await copy.run("vitest", "run", ...files);
    expect(code, text.slice(-2_000)).toBe(0);
  });
});
