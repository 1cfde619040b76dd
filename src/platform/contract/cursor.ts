// Keyset cursors: where a page ended, as opaque text. What comes back is a stranger's: only plain values pass.
import { z } from "zod";
import { invalidInput } from "./errors.js";

const Keys = z.record(z.string().max(60), z.union([z.string().max(200), z.number(), z.null()]));

/** Strings, numbers and null only, so that a cursor can never carry an operator or an object. */
export type CursorKeys = Record<string, string | number | null>;

export const encodeCursor = (keys: CursorKeys): string =>
  Buffer.from(JSON.stringify(keys)).toString("base64url");

/** Give the schema of what was encoded; without it only the flatness is proved. Throws INVALID_INPUT. */
export function decodeCursor<T extends CursorKeys>(cursor: string, schema?: z.ZodType<T>): T {
  try {
    const keys = Keys.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return schema ? schema.parse(keys) : (keys as T);
  } catch {
    throw invalidInput({
      path: "cursor",
      message: "This cursor is not one of ours. Start again without it.",
    });
  }
}
