// Runs every scenario, one after the other, each in a process of its own; a failed one does not hide the others.
// Run: npm run bench [scenario…]. Figures go to the screen and to bench/results/<scenario>.json.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const SCENARIOS = [
  "place-order",
  "lag",
  "order-lag",
  "reads",
  "contention",
  "start",
  "backlog",
  "bulkhead",
  "growth",
  "documents",
  "reports",
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !SCENARIOS.includes(name));
if (unknown.length > 0) {
  console.error(`There is no scenario ${unknown.join(", ")}. Choose of: ${SCENARIOS.join(", ")}.`);
  process.exit(2);
}
const failed = (asked.length > 0 ? asked : SCENARIOS).filter((name) => {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  return spawnSync(process.execPath, ["--import", "tsx", file], { stdio: "inherit" }).status !== 0;
});
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(", ")}.`);
  process.exitCode = 1;
}
