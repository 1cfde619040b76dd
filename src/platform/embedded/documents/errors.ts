// How the engine refuses: always MongoDB's own number, name and words.
import type { Document } from "bson";
import { MongoError } from "./semantics/index.js";

export { MongoError };

export const fail = (code: number, message: string, extra?: Document): MongoError =>
  new MongoError(code, message, extra);

/** What a reply or a write error says about a failure. */
export function describe(error: unknown): Document {
  if (error instanceof MongoError)
    return { errmsg: error.message, code: error.code, codeName: error.codeName, ...error.extra };
  // Deep nesting overflows the stack somewhere in a recursive walk; MongoDB calls that Overflow.
  if (error instanceof RangeError && /call stack/.test(error.message))
    return { errmsg: "Exceeded the nesting limit", code: 15, codeName: "Overflow" };
  const message = error instanceof Error ? error.message : String(error);
  return { errmsg: `Internal error: ${message}`, code: 1, codeName: "InternalError" };
}
