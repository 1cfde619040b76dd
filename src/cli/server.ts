// Where the command-line tools find the server: the running one, or one started for the command and stopped after it.
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What a running server leaves in its data folder (0600) for the tools of the same account. */
export interface RunFile {
  readonly url: string;
  readonly pid: number;
  /** Lets a tool in as the operator, until the server stops. */
  readonly operatorToken: string;
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
  /** Throws ApiError for anything but a 2xx. */
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

export function createApi(url: string, token: string): Api {
  return {
    url,
    async call<T>(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json().catch(() => ({}));
      if (response.ok) return answer as T;
      throw new ApiError(response.status, answer as Problem);
    },
  };
}

/** The server that runs on this data folder, or undefined when none answers. */
export async function findRunning(dataFolder: string): Promise<RunFile | undefined> {
  try {
    const run = JSON.parse(await readFile(runFilePath(dataFolder), "utf8")) as RunFile;
    process.kill(run.pid, 0);
    await fetch(new URL("/healthz", run.url), { signal: AbortSignal.timeout(3_000) });
    return run;
  } catch {
    return undefined;
  }
}
