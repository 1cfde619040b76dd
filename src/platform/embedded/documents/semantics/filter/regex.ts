// MongoDB's regular expressions (PCRE) as JavaScript's, where the two agree; refused where they cannot.
import type { BSONRegExp } from "bson";
import { MongoError } from "../errors.js";
import { typeOf } from "../values.js";

export const isRegex = (value: unknown): value is RegExp | BSONRegExp => typeOf(value) === "regex";

/** @throws MongoError 51091 for an invalid pattern, 51108 for an unknown option */
export function toRegExp(argument: unknown, options?: string): RegExp {
  let pattern: string;
  let flags = options ?? "";
  if (argument instanceof RegExp) {
    pattern = argument.source;
    flags ||= argument.flags.replaceAll(/[^ims]/g, "");
  } else if (isRegex(argument)) {
    const stored = argument as BSONRegExp;
    pattern = stored.pattern;
    if (flags !== "" && stored.options !== "")
      throw new MongoError(51074, "options set in both $regex and $options");
    flags ||= stored.options;
  } else {
    pattern = String(argument);
  }
  const unknown = Array.from(flags).find((flag) => !"imsxu".includes(flag));
  if (unknown !== undefined)
    throw new MongoError(51108, `invalid flag in regex options: ${unknown}`);
  if (pattern.includes("\u0000"))
    throw new MongoError(51109, "Regular expression cannot contain an embedded null byte");
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  if (inline) {
    pattern = pattern.slice(inline[0].length);
    flags += inline[1] ?? "";
  }
  refuseForeign(pattern);
  if (flags.includes("x")) pattern = withoutComments(pattern);
  try {
    return new RegExp(pattern, [...new Set(flags)].filter((flag) => "ims".includes(flag)).join(""));
  } catch (error) {
    throw new MongoError(51091, `Regular expression is invalid: ${(error as Error).message}`);
  }
}

/** What PCRE understands and JavaScript takes for something else without a word. */
function refuseForeign(pattern: string): void {
  const classes = /\[(?:\\.|\[[:.=]|[^\]\\])*\]/g;
  const escapes = /\\(?:([AzZGKQEhHRNXeaopPgl])|x\{|c(?![A-Za-z]))|\\[^]/g;
  const foreign =
    [...pattern.matchAll(escapes)].find(
      ([found, letter]) => letter !== undefined || found === "\\x{" || found === "\\c",
    )?.[0] ??
    [...pattern.matchAll(classes)].flatMap(([found]) => /\[[:.=]/.exec(found.slice(1)) ?? [])[0];
  if (foreign === undefined) return;
  throw new MongoError(
    51091,
    `Regular expression is invalid: '${foreign}' is not supported by this server`,
  );
}

/** Option x: white space and comments outside of classes do not count. */
function withoutComments(pattern: string): string {
  return pattern.replaceAll(/\\.|\[(?:\\.|[^\]])*\]|\s+|#[^\n]*/g, (part) =>
    part.startsWith("\\") || part.startsWith("[") ? part : "",
  );
}
