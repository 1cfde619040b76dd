// CPU time by process, from /proc: says what an order costs whatever else the machine is doing (Linux only).
import { readdirSync, readFileSync } from "node:fs";

const TICK_MS = 10;

interface Stat {
  readonly name: string;
  readonly parent: number;
  readonly cpuMs: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const close = text.lastIndexOf(")");
    const fields = text.slice(close + 2).split(" ");
    return {
      name: text.slice(text.indexOf("(") + 1, close),
      parent: Number(fields[1]),
      cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
    };
  } catch {
    return undefined; // it ended, or this is no Linux
  }
}

/** Milliseconds since each process began, of `root` and all that descend from it, by what they are. */
export function cpuOf(root: number | undefined): ReadonlyMap<string, number> {
  const all = new Map<number, Stat>();
  try {
    for (const entry of readdirSync("/proc")) {
      const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
      if (stat) all.set(Number(entry), stat);
    }
  } catch {
    return new Map();
  }
  const isOurs = (pid: number): boolean =>
    pid === root || (all.has(pid) && isOurs(all.get(pid)?.parent ?? 0));
  const spent = new Map<string, number>();
  for (const [pid, { name, cpuMs }] of all) {
    if (!isOurs(pid)) continue;
    const kind = pid === root ? "server" : name;
    spent.set(kind, (spent.get(kind) ?? 0) + cpuMs);
  }
  return spent;
}
