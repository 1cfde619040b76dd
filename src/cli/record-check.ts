// Runs a command that proves a boundary, and writes down for `npm run modules` and the System page whether it passed:
// record-check <layer> <command> <argument>…. Exits as the command does.
import { spawn } from "node:child_process";
import { recordCheck } from "../system/checks.js";

const [layer, command, ...args] = process.argv.slice(2);
if (layer === undefined || command === undefined) {
  console.error("Name the layer and the command: record-check imports depcruise src.");
  process.exit(2);
}
// Of the moment before it reads the source: what is changed meanwhile may not have been seen.
const at = new Date().toISOString();
const code = await new Promise<number>((resolve, reject) => {
  const child = spawn(command, args, { stdio: "inherit" });
  child.on("error", reject);
  child.on("exit", (status) => resolve(status ?? 1));
});
await recordCheck(layer, { at, passed: code === 0 });
process.exit(code);
