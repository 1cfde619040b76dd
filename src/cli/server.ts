// Where the command-line tools find the server: the running one, or one started for the command and stopped after it.
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient, NoAnswer, OtherServer } from "./client.js";

/** What a running server leaves in its data folder (0600) for the tools of the same account. */
export interface RunFile {
  readonly url: string;
  readonly pid: number;
  /** Lets a tool in as the operator, until the server stops. */
  readonly operatorToken: string;
  /** The file with its certificate, by which the tools know it. Absent without TLS. */
  readonly certPath?: string | undefined;
}

export const runFilePath = (dataFolder: string) => join(dataFolder, "run.json");

/** Under another name first: one that is left of a start by root or of a backup may neither stay in the way nor give its
 *  rights to the token, and no tool reads a half. */
export async function writeRunFile(dataFolder: string, run: RunFile): Promise<void> {
  const path = runFilePath(dataFolder);
  const fresh = `${path}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, JSON.stringify(run), { mode: 0o600 });
  await rename(fresh, path);
}

export interface Api {
  readonly url: string;
  readonly certPath?: string | undefined;
  /** Throws ApiError for anything but a 2xx, and what the client throws. */
  call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<T>;
}

interface Problem {
  /** Such as /problems/insufficient-stock. */
  readonly type?: string;
  readonly detail?: string;
  /** What is wrong and where; other problems list other things as `items`. */
  readonly errors?: readonly Partial<Fault>[];
  readonly items?: readonly Partial<Fault>[];
}
interface Fault {
  readonly path: string;
  readonly message: string;
}

/** A problem+json answer, as the server worded it, with a line for each fault that it lists. */
export class ApiError extends Error {
  readonly code: string;

  constructor(
    readonly status: number,
    { type = "", detail = `Status ${status}`, errors = [], items = [] }: Problem,
  ) {
    const faults = [...errors, ...items].filter((fault) => fault.message !== undefined);
    super([detail, ...faults.map(({ path = "", message }) => `✗ ${path}: ${message}`)].join("\n"));
    this.code = type.split("/").at(-1) ?? "";
  }
}

export function createApi(url: string, token: string, certPath?: string): Api {
  const ask = createClient(certPath);
  return {
    url,
    certPath,
    async call<T>(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) {
      const { status, text } = await ask(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const answer = parse(text);
      if (status >= 200 && status < 300) return answer as T;
      throw new ApiError(status, answer as Problem);
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

const HEALTH_MS = 3_000;

/** What the server left is not for the account that looks for it. */
class OtherAccount extends Error {
  override name = "OtherAccount";
}

/** The server that runs on this data folder, or undefined when none answers.
 *  @throws OtherServer when somebody else answers at its address: the token is not for them
 *  @throws OtherAccount */
export async function findRunning(dataFolder: string): Promise<RunFile | undefined> {
  const path = runFilePath(dataFolder);
  const run = await readRunFile(path);
  if (!run || !isAlive(run.pid)) return undefined;
  try {
    const ask = createClient(run.certPath);
    const health = new URL("/healthz", run.url);
    const { status } = await ask(health, { method: "GET", timeoutMs: HEALTH_MS });
    if (status === 200) return run;
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  }
  throw new OtherServer(
    `What answers at ${run.url} is not the server that ${path} tells of. If that one no longer runs, remove this file; then run this again.`,
  );
}

async function readRunFile(path: string): Promise<RunFile | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as RunFile;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EACCES" && code !== "EPERM") return undefined;
    throw new OtherAccount(
      `${path} belongs to another account: run this as the one that the server runs as (sudo -u <account> npm run …).`,
      { cause: error },
    );
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
