// What a scenario prints and leaves behind: machine, commit, a table for people, JSON for comparison.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();

export const machine = {
  commit: git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") ? "+" : ""),
  cpu: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
  memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
  node: process.version,
};

/** Says what is about to be measured, and on what. A load that is not ours makes every figure doubtful. */
export function announce(scenario: string): void {
  const { commit, cpu, memory, node } = machine;
  console.log(`\n${scenario}: commit ${commit}, ${cpu}, ${memory}, Node ${node}`);
  const [load = 0] = loadavg();
  if (load > 0.5)
    console.log(`The machine is not idle (load ${load.toFixed(1)}): trust ratios only.`);
}

/** Prints the rows, and keeps them in bench/results/<scenario>.json. */
export function report(scenario: string, rows: readonly Readonly<Record<string, unknown>>[]): void {
  console.table(rows);
  const folder = new URL("../results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const result = { scenario, at: new Date().toISOString(), ...machine, rows };
  writeFileSync(new URL(`${scenario}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
}
