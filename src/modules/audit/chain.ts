// The chain: how an entry is written down, how it is hashed onto the one before, and what shows that it was tampered
// with. Pure, and the only place that knows the canonical form. (Not rules.ts, which knows no library: this one hashes.)
import { createHash } from "node:crypto";

/** A fact as the log keeps it; what is absent is left out. */
export interface Fact {
  readonly eventId: string;
  readonly module: string;
  readonly action: string;
  readonly at: string;
  readonly actor: { readonly id: string; readonly name: string; readonly role: string };
  readonly approvedBy?: { readonly id: string; readonly name: string } | undefined;
  readonly from?: string | undefined;
  readonly subject: {
    readonly type: string;
    readonly id: string;
    readonly name?: string | undefined;
  };
  readonly reason?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly trace?: string | undefined;
}

/** Where a chain ends. */
export interface Link {
  readonly position: number;
  readonly hash: Buffer;
}

export interface ChainedRow {
  readonly position: number;
  readonly eventId: string;
  readonly entry: string;
  readonly previousHash: Buffer;
  readonly hash: Buffer;
}

export const GENESIS: Link = { position: 0, hash: Buffer.alloc(32) };

/** JSON with its keys in order and nothing between, as RFC 8785 has it: one value, one text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}

/** SHA-256 over the 32 bytes of the hash before and the entry in UTF-8. */
export const hashOf = (previousHash: Buffer, entry: string): Buffer =>
  createHash("sha256").update(previousHash).update(entry, "utf8").digest();

/** Rows for these facts, in their order, behind `head`. */
export function chain(head: Link, facts: readonly Fact[]): ChainedRow[] {
  let { position, hash } = head;
  return facts.map((fact) => {
    position += 1;
    const at = new Date(fact.at).toISOString();
    const entry = canonicalJson({ ...fact, at, position });
    const previousHash = hash;
    hash = hashOf(previousHash, entry);
    return { position, eventId: fact.eventId, entry, previousHash, hash };
  });
}

export interface ChainFault {
  readonly position: number;
  readonly what: string;
}

/** A head that somebody wrote down earlier, elsewhere. */
export interface Anchor {
  readonly position: number;
  /** In hex. */
  readonly hash: string;
}

/** Looks at rows in the order of their positions, page by page, from the beginning. */
export function createVerification(anchors: readonly Anchor[] = []) {
  const faults: ChainFault[] = [];
  let last = GENESIS;
  let count = 0;
  const expected = new Map(anchors.map((anchor) => [anchor.position, anchor.hash]));
  const find = (position: number, what: string) => faults.push({ position, what });

  function check(row: ChainedRow): void {
    const { position, eventId, entry, previousHash, hash } = row;
    if (position > last.position + 1) {
      find(last.position + 1, `missing: ${span(last.position + 1, position - 1)} removed`);
    } else if (!previousHash.equals(last.hash)) {
      const before = last.position === 0 ? "the beginning" : `entry ${last.position}`;
      find(position, `does not follow ${before}: one of the two was altered, or put in later`);
    }
    if (!hashOf(previousHash, entry).equals(hash)) {
      find(position, "altered: its text does not have its hash");
    } else if (!saysItself(entry, position, eventId)) {
      find(position, "moved: its text names another place or another event");
    }
    const known = expected.get(position);
    if (known !== undefined && known !== hash.toString("hex")) {
      find(position, "replaced: its hash was another one when it was written down");
    }
    last = { position, hash };
    count += 1;
  }

  return {
    add: (rows: readonly ChainedRow[]): void => rows.forEach(check),
    /** `head` is what the store says where the chain ends. */
    end(head: Link): { entries: number; head: Link; faults: readonly ChainFault[] } {
      const cut = Math.max(head.position, ...expected.keys());
      if (cut > last.position) {
        find(last.position + 1, `missing: ${span(last.position + 1, cut)} cut off at the end`);
      } else if (head.position < last.position) {
        find(
          head.position + 1,
          `put in: ${span(head.position + 1, last.position)} added behind the log's end`,
        );
      } else if (!head.hash.equals(last.hash)) {
        find(last.position, "replaced: the log's end has another hash");
      }
      return { entries: count, head: last, faults };
    },
  };
}

const span = (from: number, to: number): string =>
  from === to ? `entry ${from} was` : `entries ${from} to ${to} were`;

function saysItself(entry: string, position: number, eventId: string): boolean {
  try {
    const said = JSON.parse(entry) as { position?: unknown; eventId?: unknown };
    return said.position === position && said.eventId === eventId;
  } catch {
    return false;
  }
}
