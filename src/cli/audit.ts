// Shows the audit log, and proves that it is as it was written.
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadConfig } from "#platform/config";
import { readCommandLine } from "./arguments.js";
import { type Heads, readCommand, USAGE } from "./audit-command.js";
import { withServer } from "./with-server.js";

/** One line for each sound verification: when, and where the log ended. */
const headsIn = (folder: string): Heads => {
  const path = join(folder, "audit-heads.log");
  return {
    async last() {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      });
      return text.trim().split("\n").at(-1)?.split(" ")[1];
    },
    keep: (head) => appendFile(path, `${new Date().toISOString()} ${head}\n`, { mode: 0o600 }),
  };
};

const command = readCommandLine(USAGE, readCommand);
const said = await withServer((api) => command(api, headsIn(loadConfig().dataDir)));
console.log(said.text);
if (!said.ok) process.exitCode = 1;
