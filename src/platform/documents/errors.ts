// What went wrong in the document store, by its codes and not by its words.
import { mongo } from "mongoose";

/** The server's error code, where the server answered at all. */
export function codeOf(error: unknown): number | undefined {
  return error instanceof mongo.MongoError && typeof error.code === "number"
    ? error.code
    : undefined;
}

// https://www.mongodb.com/docs/manual/reference/error-codes/
const DUPLICATE_KEY = 11_000;

/** A unique index refused the write: nothing of this document was written. */
export const isDuplicateKey = (error: unknown): boolean => codeOf(error) === DUPLICATE_KEY;
