// For a start of the server: the screens, or one sentence that says why there are none.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Screens } from "#platform/http";
import { buildFolder, ROOT } from "./sources.js";

/** Longer than any machine needs; a build that hangs must not keep the tills from selling. */
const BUILD_MS = 180_000;

export interface Prepared {
  readonly screens?: Screens;
  readonly warning?: string;
}

/** `live`: made as they are asked for, for development. Never throws: the API is served without screens too. */
export async function prepareScreens(mode: "built" | "live"): Promise<Prepared> {
  try {
    if (mode === "live") return { screens: (await import("./vite.js")).liveScreens };
    const folder = await buildFolder();
    const cause = existsSync(folder) ? undefined : await buildApart();
    if (cause === undefined && existsSync(folder)) return { screens: { kind: "built", folder } };
    return without(cause ?? "their sources changed meanwhile");
  } catch (error) {
    // Also where there are no sources.
    return without(error instanceof Error ? error.message : String(error));
  }
}

const without = (cause: string): Prepared => ({
  warning: `The screens could not be built (${cause}), so only the API is served: npm run build:web says more.`,
});

/** In a process of its own, so that neither its memory nor its failure becomes the server's. Answers why it failed. */
function buildApart(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const script = join(ROOT, "src/cli/build-web.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: BUILD_MS,
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => {
      const lines = said.split("\n").filter((line) => line.trim() !== "");
      const cause = lines.find((line) => /error|cannot|could not/i.test(line)) ?? lines.at(-1);
      if (code === 0) resolve(undefined);
      else resolve(signal ? "it took too long" : (cause ?? "unknown").trim().slice(0, 200));
    });
  });
}
