// The right to relay a MongoDB outbox: one document with an owner, a term and a token that rises with each owner.
// An owner that could not renew in time stops by its own clock before anybody else may begin. What is left: a
// process that is stopped between that look and the write that follows, for longer than the term, can still make that
// one write; the inboxes skip what they know, and archiving is idempotent.
//
// A term is compared by the clocks of the processes when it is seen first: run them on one machine, or with synchronised
// clocks. From then on it is watched by the clock that nobody can put back or forward.
import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { mongo } from "mongoose";
import type { SubscriptionRecord } from "../types.js";

export interface LeaseTiming {
  readonly renewMs: number;
  readonly termMs: number;
}
/** Renewing is what an idle outbox costs: 6.7 updates a minute, which also bring the subscriptions and,
 *  where nothing else carries them, others' calls. */
export const DEFAULT_LEASE: LeaseTiming = { renewMs: 9_000, termMs: 19_000 };
/** The owner gives up this part of its term before it ends. */
const MARGIN = 0.15;
const LEASE = "relay";

export interface LeaseDocument {
  readonly _id: typeof LEASE;
  readonly owner: string | null;
  readonly host: string;
  readonly pid: number;
  readonly token: number;
  readonly until: Date;
  /** Counts the calls of processes that do not relay. */
  readonly rung: number;
  readonly subscriptions: SubscriptionRecord[];
}

/** Where process ids mean the same: the machine since it was started, and its process namespace. Its name alone says
 *  little: copies of a machine share it. */
function placeOf(): string {
  const parts = [
    hostname,
    () => readlinkSync("/proc/self/ns/pid"),
    () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
  ];
  return parts.flatMap((read) => textOf(read)).join(" ");
}

function textOf(read: () => string): string[] {
  try {
    return [read()];
  } catch {
    return []; // not Linux
  }
}

/** Who has taken the lease in this process, and has not given it back. Another owner with our process id ran before us
 *  in this container, or was never told that the lease is its own. */
const owners = new Set<string>();

function isRunning({ owner, pid }: LeaseDocument): boolean {
  if (pid === process.pid) return owners.has(owner ?? "");
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

export const leaseFilter = { _id: LEASE } as const;

export interface Lease {
  readonly token: number;
  readonly lost: AbortSignal;
  /** The document as last seen; subscriptions included, so that they cost no query of their own. */
  current(): LeaseDocument;
  /** Reads the document again. */
  reload(): Promise<LeaseDocument>;
  /** @throws when the term is over */
  check(): void;
  release(): Promise<void>;
}

/** Another owner has the lease, and keeps it for so long if it does not renew. */
export interface HeldLease {
  readonly heldForMs: number;
}

export type LeaseWatch = ReturnType<typeof createLeaseWatch>;

/** What one that waits for the lease has seen of it. */
export function createLeaseWatch() {
  let seen:
    { readonly written: string; readonly lookedAt: number; readonly freeAt: number } | undefined;
  return {
    /** How long the owner keeps it, if it does not renew. */
    heldForMs({ token, until }: LeaseDocument, termMs: number): number {
      const lookedAt = performance.now();
      const written = `${token} ${until.getTime()}`;
      let freeAt = seen?.freeAt ?? -Infinity;
      if (seen?.written !== written) {
        // Nobody's term is longer, though the clock was put back; and it began after the last look, though it was put
        // forward.
        const byClock = lookedAt + Math.min(until.getTime() - Date.now(), termMs);
        freeAt = Math.max(byClock, seen ? seen.lookedAt + termMs : -Infinity);
      }
      seen = { written, lookedAt, freeAt };
      return freeAt - lookedAt;
    },
  };
}

type Owner = Pick<LeaseDocument, "owner" | "host" | "pid" | "until">;

/** Undefined when another was first, or the owner renewed it after all. */
async function writeOwner(
  collection: mongo.Collection<LeaseDocument>,
  existing: LeaseDocument | null,
  taken: Owner,
): Promise<LeaseDocument | undefined> {
  if (existing) {
    const { token, owner, until } = existing;
    const document = await collection.findOneAndUpdate(
      { ...leaseFilter, token, owner, until },
      { $set: taken, $inc: { token: 1 } },
      { returnDocument: "after" },
    );
    return document ?? undefined;
  }
  const fresh: LeaseDocument = { _id: LEASE, ...taken, token: 1, rung: 0, subscriptions: [] };
  try {
    await collection.insertOne(fresh);
    return fresh;
  } catch (error) {
    if (isDuplicate(error)) return undefined;
    throw error;
  }
}

/** The lease, unless another owner has it. A dead owner on this machine is followed at once. */
export async function takeLease(
  collection: mongo.Collection<LeaseDocument>,
  onRung: () => void,
  { renewMs, termMs }: LeaseTiming = DEFAULT_LEASE,
  watch: LeaseWatch = createLeaseWatch(),
): Promise<Lease | HeldLease> {
  const safeMs = termMs * (1 - MARGIN);
  const owner = randomUUID();
  const place = placeOf();
  const existing = await collection.findOne(leaseFilter);
  const ownerIsDead = existing?.host === place && !isRunning(existing);
  if (existing?.owner && !ownerIsDead) {
    const heldForMs = watch.heldForMs(existing, termMs);
    if (heldForMs > 0) return { heldForMs };
  }

  let validUntil = performance.now() + safeMs;
  const until = new Date(Date.now() + termMs);
  const taken = { owner, host: place, pid: process.pid, until };
  owners.add(owner);
  const document = await writeOwner(collection, existing, taken).catch((error: unknown) => {
    owners.delete(owner);
    throw error;
  });
  if (!document) {
    owners.delete(owner);
    return { heldForMs: termMs };
  }

  let current: LeaseDocument = document;
  const { token } = current;
  const lost = new AbortController();
  const lose = () => {
    clearInterval(timer);
    lost.abort(new Error("The relay's lease was lost"));
  };
  const timer = setInterval(() => {
    if (performance.now() > validUntil) lose();
    else void renew();
  }, renewMs);

  function see(document: LeaseDocument): void {
    const rung = document.rung !== current.rung;
    current = document;
    if (rung) onRung();
  }

  async function renew(): Promise<void> {
    const from = performance.now();
    try {
      const document = await collection.findOneAndUpdate(
        { ...leaseFilter, owner, token },
        { $set: { until: new Date(Date.now() + termMs) } },
        { returnDocument: "after" },
      );
      if (!document) return lose();
      validUntil = from + safeMs;
      see(document);
    } catch {
      // Unreachable: tried again at the next turn, until the term is over.
    }
  }

  return {
    token,
    lost: lost.signal,
    current: () => current,
    async reload() {
      const document = await collection.findOne({ ...leaseFilter, owner, token });
      if (!document) lose();
      else see(document);
      lost.signal.throwIfAborted();
      return current;
    },
    check() {
      if (performance.now() > validUntil) lose();
      lost.signal.throwIfAborted();
    },
    async release() {
      owners.delete(owner);
      clearInterval(timer);
      if (!lost.signal.aborted) lose();
      await collection.updateOne({ ...leaseFilter, owner, token }, { $set: { owner: null } });
    },
  };
}

export const isDuplicate = (error: unknown): boolean =>
  (error as { code?: unknown } | null)?.code === 11000;
