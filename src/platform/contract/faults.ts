// Says in words what is wrong with an input: "must be at least 1", not "Too small: expected number to be >=1".
import { z } from "zod";
import type { InputFault } from "./errors.js";

const MAX_FAULTS = 50;

const KINDS: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** Only for schemas that carry no message of their own. */
function say(issue: z.core.$ZodRawIssue): string | undefined {
  const plural = issue["origin"] === "string" ? " characters" : "";
  const entries = issue["origin"] === "array" ? " entries" : plural;
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? "is missing"
        : `must be ${KINDS[issue.expected as string] ?? String(issue.expected)}`;
    case "invalid_value": {
      if (issue.input === undefined) return "is missing";
      const values = issue.values.map(String);
      return `must be ${values.length > 1 ? "one of " : ""}${values.join(", ")}`;
    }
    case "too_small":
      return `must ${entries ? "have" : "be"} at least ${String(issue.minimum)}${entries}`;
    case "too_big":
      return `must ${entries ? "have" : "be"} at most ${String(issue.maximum)}${entries}`;
    case "invalid_format":
      return `is not a valid ${String(issue.format)}`;
    case "invalid_union":
      return issue.input === undefined ? "is missing" : "is none of the accepted forms";
    default:
      return undefined;
  }
}

z.config({ customError: say });

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
}

const segment = (part: PropertyKey | { key: PropertyKey }) =>
  String(typeof part === "object" ? part.key : part).slice(0, 60);

/** At most 50 faults, flat: an unknown field is a fault of its own, a union names the form that came closest. */
export function faultsOf(issues: readonly Issue[]): InputFault[] {
  const faults: InputFault[] = [];
  const visit = (issue: Issue, prefix: readonly string[]) => {
    const path = [...prefix, ...(issue.path ?? []).map(segment)];
    const known = issue as Partial<z.core.$ZodIssue>;
    if (known.code === "unrecognized_keys") {
      for (const key of known.keys ?? []) {
        faults.push({ path: [...path, segment(key)].join("."), message: "is not a known field" });
      }
      return;
    }
    const closest =
      known.code === "invalid_union"
        ? [...(known.errors ?? [])].sort((a, b) => a.length - b.length)[0]
        : undefined;
    if (closest && closest.some((inner) => inner.path.length > 0)) {
      for (const inner of closest) visit(inner, path);
      return;
    }
    faults.push({ path: path.join("."), message: issue.message });
  };
  for (const issue of issues) visit(issue, []);
  return faults.slice(0, MAX_FAULTS);
}
