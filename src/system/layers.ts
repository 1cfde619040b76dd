// What keeps the modules apart, layer by layer, with the last check of each. Commands prove the code before it runs; what
// the stores allow is looked at now, because rights can change while the server runs.
import type { Postgres } from "#platform/db";
import type { Documents } from "#platform/documents";
import { type Check, type Checks, readChecks, sourceChangedAt } from "./checks.js";
import type { LayerCheck } from "./modules-contract.js";

export interface LayerParts {
  readonly postgres: Pick<Postgres, "findHoles">;
  readonly documents: Pick<Documents, "findHoles">;
  readonly clock: () => Date;
  /** Default: those of this installation. */
  readonly recorded?: () => Promise<{ readonly checks: Checks; readonly changedAt: Date }>;
}

const ofThisInstallation = async () => {
  const [checks, changedAt] = await Promise.all([readChecks(), sourceChangedAt()]);
  return { checks, changedAt };
};

export async function readLayers(parts: LayerParts): Promise<LayerCheck[]> {
  const { postgres, documents, clock, recorded = ofThisInstallation } = parts;
  const [{ checks, changedAt }, roles, guard] = await Promise.all([
    recorded(),
    postgres.findHoles().catch(() => undefined),
    documents.findHoles().catch(() => undefined),
  ]);
  const at = clock().toISOString();
  return [
    ...RECORDED.map((layer) => ({ ...layer, ...judgeRecorded(checks[layer.layer], changedAt) })),
    {
      layer: "roles",
      what: "Each module signs in to PostgreSQL as a role of its own, which can use its own schema and nothing else.",
      how: "This server reads the rights of every role, at its start and now",
      ...(roles === null
        ? { state: "off", at, notes: ["DATABASE_ROLES=shared: only the code keeps them apart."] }
        : judgeHoles(roles && { holes: roles, notes: [] }, at)),
    },
    {
      layer: "documents",
      what: "A command to another module's MongoDB database is refused before it leaves the process.",
      how: "This server tries one on each module's connection, now",
      ...judgeHoles(guard, at),
    },
  ];
}

type Verdict = Pick<LayerCheck, "state" | "at" | "notes">;

const RECORDED = [
  {
    layer: "imports",
    what: "A module imports another one only through its front door, and only where the manifest allows it.",
    how: "npm run check:boundaries",
  },
  {
    layer: "types",
    what: "A module's query builder knows its own tables only, and it is handed the faces that it may call.",
    how: "npm run check:types",
  },
  {
    layer: "statements",
    what: "Every SQL statement of every module is prepared by PostgreSQL under that module's role.",
    how: "npm run check:statements",
  },
] as const;

/** What was found before the source was changed again says nothing of what runs. */
export function judgeRecorded(check: Check | undefined, changedAt: Date): Verdict {
  if (!check) return { state: "unknown", at: null, notes: ["Not recorded on this machine."] };
  const { at, passed } = check;
  if (Date.parse(at) < changedAt.getTime())
    return { state: "unknown", at, notes: ["The source was changed after this check."] };
  return { state: passed ? "holds" : "broken", at, notes: [] };
}

function judgeHoles(
  found: { readonly holes: readonly string[]; readonly notes: readonly string[] } | undefined,
  at: string,
): Verdict {
  if (!found) return { state: "unknown", at: null, notes: ["The server does not answer now."] };
  const { holes, notes } = found;
  return { state: holes.length > 0 ? "broken" : "holds", at, notes: [...holes, ...notes] };
}
