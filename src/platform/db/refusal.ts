// Turns a database's "permission denied" into a sentence that teaches: whose data it is, and the nearest way that the
// manifest grants. It only words; the refusing is the database's.

/** What of the manifest matters here: who owns data where, who may call whom, who hears whom. */
export type Manifest = Readonly<
  Record<
    string,
    {
      readonly store: "postgres" | "mongodb";
      readonly calls: readonly string[];
      readonly hears: readonly string[];
    }
  >
>;

export interface Ownership {
  readonly manifest: Manifest;
  /** Event names or patterns that a module's subscriptions listen to. */
  readonly heard?: (module: string) => readonly string[];
}

/** The error to throw in place of a driver's. */
export type Explain = (error: unknown, statement?: string) => unknown;

const POSTGRES_REFUSED = "42501";
const MONGO_REFUSED = 13;

/** The database stopped a module at its border: always a fault of the program, never of its user. */
export class BoundaryError extends Error {
  override name = "BoundaryError";
  readonly code: string | number;
  constructor(message: string, code: string | number, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** `error` itself unless it is a refusal of rights by PostgreSQL (42501) or MongoDB (13). */
export function explainRefusal(
  ownership: Ownership,
  module: string,
  error: unknown,
  statement = "",
): unknown {
  if (!(error instanceof Error)) return error;
  const { code } = error as { code?: unknown };
  if (code === POSTGRES_REFUSED) {
    const sentence = explainPostgres(ownership, module, error.message, statement);
    return new BoundaryError(sentence, code, error);
  }
  if (code === MONGO_REFUSED) {
    return new BoundaryError(explainMongo(ownership, module, error.message), code, error);
  }
  return error;
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

function explainMongo(ownership: Ownership, module: string, message: string): string {
  const owner = /\btiffin_([a-z]+)/.exec(message)?.[1];
  if (owner === undefined || owner === module || !(owner in ownership.manifest)) {
    return `\`${module}\` may not do this (${message}): its user reads and writes its own database only.`;
  }
  return `\`${module}\` may not use the documents of \`${owner}\`. ${wayTo(ownership, module, owner)}`;
}

/** What is granted already comes first, then what could be. */
function wayTo({ manifest, heard }: Ownership, module: string, owner: string): string {
  const granted = manifest[module];
  const hears = granted?.hears.includes(owner) ?? false;
  const names = (heard?.(module) ?? []).filter((name) => name.startsWith(`${owner}.`));
  const events =
    names.length > 0 ? names.map((name) => `\`${name}\``).join(", ") : `the events of \`${owner}\``;
  if (granted?.calls.includes(owner)) {
    const also = hears ? `, or keep a copy from what it hears: ${events}` : "";
    return `It may call \`${owner}\` through its contract, #modules/${owner}${also}.`;
  }
  if (reaches(manifest, owner, module)) {
    return hears
      ? `It hears ${events}: keep a copy of what it needs.`
      : `\`${owner}\` calls \`${module}\`, so it cannot be called back: hear its events (add it to \`hears\` in manifest.ts).`;
  }
  const call = `call \`${owner}\` through its contract (add it to \`calls\` in manifest.ts)`;
  return hears
    ? `It hears ${events}; or ${call}.`
    : `Hear its events (add it to \`hears\` in manifest.ts), or ${call}.`;
}

/** Whether `from` calls `to`, also by way of others. */
export function reaches(manifest: Manifest, from: string, to: string): boolean {
  const seen = new Set<string>();
  const visit = (module: string): boolean =>
    (manifest[module]?.calls ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return visit(next);
    });
  return visit(from);
}
