// The servers that are measured, each a process of its own, below one folder that goes when they stop.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openDataFolder, startEmbeddedPostgres } from "#platform/embedded";

const ROOT = resolve(import.meta.dirname, "../..");
const START_MS = 120_000;

export interface Bench {
  readonly folder: string;
  /** A superuser's URL of a durable PostgreSQL that both sides share. */
  readonly postgresUrl: string;
  /** Runs a TypeScript file until it prints `ready`; stops with the bench. */
  start(
    file: string,
    env: Record<string, string>,
    ready: string,
  ): Promise<{ child: ChildProcess; output: string }>;
}

/** Starts PostgreSQL, works, and stops everything that `work` started. */
export async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), "tiffin-bench-"));
  const folder = await openDataFolder(join(path, "postgres"));
  const server = await startEmbeddedPostgres({ folder });
  const children: ChildProcess[] = [];
  try {
    await work({
      folder: path,
      postgresUrl: server.url,
      async start(file, env, ready) {
        const child = launch(file, env);
        children.push(child);
        return { child, output: await said(child, ready) };
      },
    });
  } finally {
    for (const child of children.toReversed()) await end(child, "SIGTERM");
    await server.stop();
    await folder.release();
    await rm(path, { recursive: true, force: true });
  }
}

/** As `npm start` has it, for both sides. */
const YOUNG = "--max-semi-space-size=32";

export function launch(file: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [YOUNG, "--import", "tsx", file], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"] ?? "", NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Resolves when the process has printed `words`. @throws what it printed, when it ends before */
export function said(child: ChildProcess, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const timer = setTimeout(() => reject(new Error(`Not ready in time:\n${output}`)), START_MS);
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(words)) {
        clearTimeout(timer);
        resolve(output);
      }
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", () => {
      clearTimeout(timer);
      reject(new Error(`It ended while starting:\n${output}`));
    });
  });
}

export function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}

/** Resident memory of a process in MB (Linux), else undefined. */
export async function memoryOf(pid: number | undefined): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024);
}
