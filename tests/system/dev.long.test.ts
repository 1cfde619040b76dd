// npm run dev, with a small program in place of the server: it follows each change, however an editor saves.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { eventually } from "./tiffin.js";

const ROOT = resolve(import.meta.dirname, "../..");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tiffin-dev-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** As vim, JetBrains and git do. */
async function save(name: string, text: string): Promise<void> {
  await writeFile(join(folder, "saved"), text);
  await rename(join(folder, "saved"), join(folder, name));
}

it("starts again after each change, also after a start that failed", async () => {
  await save("part.ts", "export const part: number = 1;");
  await save(
    "main.ts",
    `import { part } from "./part.js"; console.log("part", part); if (part === 2) process.exit(1); setInterval(() => {}, 1000);`,
  );
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
    scripts: { dev: string };
  };
  const dev = scripts.dev.replace("src/main.ts", join(folder, "main.ts"));
  expect(dev).not.toBe(scripts.dev);
  const child = spawn(`exec ${dev}`, {
    shell: true,
    cwd: ROOT,
    env: { PATH: `${join(ROOT, "node_modules/.bin")}:${process.env["PATH"] ?? ""}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  try {
    for (const part of [1, 2, 3, 4]) {
      if (part > 1) await save("part.ts", `export const part: number = ${part};`);
      await eventually(
        () => Promise.resolve(output),
        (said) => said.includes(`part ${part}`),
      );
    }
  } finally {
    child.kill("SIGTERM");
  }
}, 120_000);
