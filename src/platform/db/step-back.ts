// Lets the server's process behind a connection step back for all others, where that process runs on this machine.
import { readFile } from "node:fs/promises";
import { setPriority } from "node:os";

/** Niceness: about a tenth of a processor that others want, and all of one that nobody wants. For connections that only
 *  read: one that writes could hold up others while it waits for its turn. */
const LOW = 10;

/** Best effort: a server elsewhere, or one that is not ours to slow down, is left as it is. Its title is compared, since
 *  here a process of that number may be anybody's. */
export async function stepBack(processId: number, user: string): Promise<void> {
  try {
    const title = await readFile(`/proc/${processId}/cmdline`, "utf8");
    if (title.startsWith("postgres: ") && title.includes(` ${user} `)) setPriority(processId, LOW);
  } catch {
    // Not Linux, not here, or not ours.
  }
}
