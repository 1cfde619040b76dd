// What can go wrong with a call, in one shape: what the server refused, or that it did not answer.
import { ORPCError } from "@orpc/client";

export interface Problem {
  /** As in docs/errors.md, or `offline` where there was no answer that can be read. */
  readonly code: string;
  readonly status: number;
  /** In English: cause and remedy. */
  readonly detail: string;
  /** All members of the problem. */
  readonly data: Readonly<Record<string, unknown>>;
}

export const OFFLINE = "offline";

export function problemOf(error: unknown): Problem {
  if (!(error instanceof ORPCError)) return { code: OFFLINE, status: 0, detail: "", data: {} };
  const { code, status, message } = error as ORPCError<string, unknown>;
  const data = (error.data ?? {}) as Readonly<Record<string, unknown>>;
  return { code, status, detail: message, data };
}

/** Of something that a person asked for: nothing repeats it by itself, so without an answer they must look and repeat. */
export function refusalOf(error: unknown): Problem {
  const problem = problemOf(error);
  return problem.code === OFFLINE ? { ...problem, code: "not-answered" } : problem;
}

/** The server did not get it, did not answer, or could not decide now: the same again may go well. */
export const isPassing = ({ code, status }: Problem): boolean =>
  code === OFFLINE || status === 429 || status === 502 || status === 503 || status === 504;

/** Whether the server itself said it: its problems have a type. */
export const isOfServer = ({ data }: Problem): boolean => typeof data["type"] === "string";
