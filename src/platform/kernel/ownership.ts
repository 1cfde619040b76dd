// Whose data is whose, as far as a store needs it to turn a refusal into a sentence that teaches: whose data it is, and
// the nearest way that the manifest grants. It only words; the refusing is done by the stores.

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

/** The database stopped a module at its border: always a fault of the program, never of its user. */
export class BoundaryError extends Error {
  /** Not a property of its own: MongoDB's driver copies those onto errors that have a fixed name. */
  override get name() {
    return "BoundaryError";
  }
  readonly code: string | number;
  constructor(message: string, code: string | number, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** What is granted already comes first, then what could be. */
export function wayTo({ manifest, heard }: Ownership, module: string, owner: string): string {
  const granted = manifest[module];
  const hears = granted?.hears.includes(owner) ?? false;
  const names = (heard?.(module) ?? []).filter((name) =>
    name.startsWith("*") ? hears : name.startsWith(`${owner}.`),
  );
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
