// Tiffin as a person runs it: its own process, which can be killed. Kills only what it started.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, readlink, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { compileServer } from "../setup/compiled.js";
import { Till } from "./tiffin.js";

const ROOT = resolve(import.meta.dirname, "../..");
const START_MS = 90_000;

export interface RunningProcess {
  readonly url: string;
  readonly output: () => string;
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  signIn(name: string, pin: string): Promise<Till>;
  /** From now on it kills itself at this point. Only for a folder whose processes are armed. */
  dieAt(point: string): Promise<void>;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ProcessFolder {
  readonly dataDir: string;
  start(env?: Record<string, string>): Promise<RunningProcess>;
  /** Runs it, or another command, until it ends by itself. */
  run(
    env?: Record<string, string>,
    ...command: string[]
  ): Promise<{ code: number | null; output: string }>;
  /** Processes whose command line or working directory lies in this folder. */
  leftovers(): Promise<string[]>;
  remove(): Promise<void>;
}

/** As npm start has it. */
const YOUNG = "--max-semi-space-size=32";

/** `compiled`: its servers start in a third of the time, and have no screens. `armed`: so do they, and they can be told,
 *  while they run, where to die. */
export async function createProcessFolder({
  armed = false,
  compiled = false,
} = {}): Promise<ProcessFolder> {
  const folder = await mkdtemp(join(tmpdir(), "tiffin-process-"));
  const dataDir = join(folder, "data");
  const server = join(folder, "server");
  const started: ChildProcess[] = [];
  const isCompiled = compiled || armed;
  if (isCompiled) await compileServer(server);
  const preload = armed ? ["--import", join(server, "armed.mjs")] : [];
  const main = isCompiled
    ? [YOUNG, ...preload, join(server, "main.mjs")]
    : [YOUNG, "--import", "tsx", "src/main.ts"];

  function launch(env: Record<string, string>, command?: readonly string[]) {
    const args = command ? ["--import", "tsx", ...command] : main;
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: {
        PATH: process.env["PATH"] ?? "",
        DATA_DIR: dataDir,
        PORT: "0",
        LOG_LEVEL: "warn",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe", ...(armed ? (["ipc"] as const) : [])],
    });
    started.push(child);
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on("data", (chunk: Buffer) => (output += chunk.toString()));
    const exited = new Promise<number | null>((done) => child.on("exit", (code) => done(code)));
    return { child, exited, output: () => output };
  }

  return {
    dataDir,
    async start(env = {}) {
      const { child, exited, output } = launch(env);
      const deadline = Date.now() + START_MS;
      while (!output().includes("Stop it with Ctrl-C")) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`It ended while starting:\n${output()}`);
        if (Date.now() > deadline) throw new Error(`It did not start in time:\n${output()}`);
        await new Promise((done) => setTimeout(done, 10));
      }
      const { url } = JSON.parse(await readFile(join(dataDir, "run.json"), "utf8")) as {
        url: string;
      };
      return {
        url,
        child,
        output,
        exited,
        async signIn(name, pin) {
          const { body } = await new Till(url, "").send("POST", "/api/sessions", { name, pin });
          return new Till(url, body.token as string);
        },
        async dieAt(point) {
          const heard = once(child, "message");
          child.send({ at: point });
          await heard;
        },
        async end(signal) {
          child.kill(signal);
          return exited;
        },
      };
    },
    async run(env = {}, ...command) {
      const { exited, output } = launch(env, command.length > 0 ? command : undefined);
      return { code: await exited, output: output() };
    },
    leftovers: () => processesIn(folder),
    async remove() {
      for (const child of started)
        if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      for (let tries = 0; tries < 100 && (await processesIn(folder)).length > 0; tries++) {
        await new Promise((done) => setTimeout(done, 100));
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function processesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc")) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (
      command.includes(folder) ||
      cwd.startsWith(folder) ||
      environment.includes(`DATA_DIR=${folder}`)
    ) {
      found.push(`${pid} ${command.replaceAll("\0", " ")}`);
    }
  }
  return found;
}
