// Turns PostgreSQL's "permission denied" into a sentence that teaches. It only words; the refusing is the database's.
import { BoundaryError, type Manifest, type Ownership, wayTo } from "#platform/kernel";

/** The error to throw in place of a driver's. */
export type Explain = (error: unknown, statement?: string) => unknown;

const REFUSED = "42501";

/** `error` itself unless it is a refusal of rights. */
export function explainRefusal(
  ownership: Ownership,
  module: string,
  error: unknown,
  statement = "",
): unknown {
  if (!(error instanceof Error)) return error;
  if ((error as { code?: unknown }).code !== REFUSED) return error;
  const sentence = explainPostgres(ownership, module, error.message, statement);
  return new BoundaryError(sentence, REFUSED, error);
}

function explainPostgres(
  ownership: Ownership,
  module: string,
  message: string,
  statement: string,
): string {
  const actor = /role "?tiffin_([a-z]+)/.exec(message)?.[1];
  if (actor !== undefined && actor !== module && actor in ownership.manifest) {
    return `\`${module}\` may not act as \`${actor}\`. ${wayTo(ownership, module, actor)}`;
  }
  const owner = ownerOf(ownership.manifest, module, message, statement);
  if (owner !== undefined) {
    const table = new RegExp(`\\b${owner}"?\\s*\\.\\s*"?(\\w+)`, "i").exec(statement)?.[1];
    const what = table === undefined ? `the tables of \`${owner}\`` : `\`${owner}.${table}\``;
    return `\`${module}\` may not ${verbOf(statement)} ${what}. ${wayTo(ownership, module, owner)}`;
  }
  return (
    `\`${module}\` may not do this at run time (${message}): its role reads and writes rows of its own schema. ` +
    `What changes tables or rights belongs into a new file in migrations/${module}/.`
  );
}

/** The module whose schema was refused: PostgreSQL names it; where it answers in another language, the statement does. */
function ownerOf(
  manifest: Manifest,
  module: string,
  message: string,
  statement: string,
): string | undefined {
  const named = /schema "?(\w+)"?/.exec(message)?.[1];
  if (named !== undefined) return named !== module && named in manifest ? named : undefined;
  if (/permission denied|must be owner/.test(message)) return undefined;
  const others = Object.keys(manifest).filter((other) => other !== module);
  return others.find((other) => new RegExp(`\\b${other}"?\\s*\\.`, "i").test(statement));
}

const verbOf = (statement: string): string =>
  /^\s*(insert|update|delete|merge|truncate|alter|drop|create)\b/i.test(statement)
    ? "change"
    : "read";
