// Who runs PostgreSQL. It refuses to run as root, so root hands it to an account without rights.
// Nobody's folders are opened up for that account: where it could not pass, it gets the capability to pass.
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { StartError } from "#platform/kernel";

export interface Account {
  /** Given when PostgreSQL runs as somebody else than we. */
  readonly ids?: { readonly uid: number; readonly gid: number };
  /** Put in front of each command; empty when `spawn` can change the account by itself. */
  readonly prefix: readonly string[];
}

/** `paths` are what PostgreSQL must reach; `owner` is the uid and gid of its data, when there are any yet. */
export async function chooseAccount(
  paths: readonly string[],
  owner: { uid: number; gid: number } | null,
): Promise<Account> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const ids = owner && owner.uid !== 0 ? owner : await findUnprivileged();
  const reachable = await Promise.all(paths.map((path) => canReach(path, ids)));
  return { ids, prefix: reachable.every(Boolean) ? [] : passingEverywhere(ids) };
}

/**
 * dac_override goes through closed folders, also as an ambient capability under Docker's default set.
 * no_setuid_fixup makes access(2), which PostgreSQL asks about its own programs, see it too (capabilities(7)).
 */
const passingEverywhere = ({ uid, gid }: { uid: number; gid: number }): string[] => [
  "setpriv",
  `--reuid=${uid}`,
  `--regid=${gid}`,
  "--clear-groups",
  "--inh-caps=-all,+dac_override",
  "--ambient-caps=-all,+dac_override",
  "--securebits=+no_setuid_fixup",
];

async function findUnprivileged(): Promise<{ uid: number; gid: number }> {
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = await Promise.all([idOf("-u", name), idOf("-g", name)]);
      if (uid !== 0) return { uid, gid };
    } catch {
      // no such account: the next one
    }
  }
  throw new StartError(
    "PostgreSQL does not run as root and this machine has neither an account postgres nor nobody: start as an ordinary user, or set DATABASE_URL.",
  );
}

async function idOf(flag: "-u" | "-g", name: string): Promise<number> {
  const { stdout } = await promisify(execFile)("id", [flag, name]);
  return Number.parseInt(stdout, 10);
}

/** By mode bits: the account can enter every folder above `path`, and read and run what is there. */
async function canReach(path: string, ids: { uid: number; gid: number }): Promise<boolean> {
  for (let place = path; ; place = dirname(place)) {
    if (!allows(await stat(place), ids, place === path ? 0o5 : 0o1)) return false;
    if (place === dirname(place)) return true;
  }
}

export function allows(
  file: { mode: number; uid: number; gid: number },
  ids: { uid: number; gid: number },
  bits: number,
): boolean {
  const shift = file.uid === ids.uid ? 6 : file.gid === ids.gid ? 3 : 0;
  return ((file.mode >> shift) & bits) === bits;
}
