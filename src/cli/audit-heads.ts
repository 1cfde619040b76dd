// Where the audit log ended at each sound verification, outside the database: one line each, with its time.
import { appendFile, chown, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Heads } from "./audit-command.js";

export const headsIn = (folder: string): Heads => {
  const path = join(folder, "audit-heads.log");
  return {
    async last() {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      });
      return text.trim().split("\n").at(-1)?.split(" ")[1];
    },
    async keep(head) {
      await appendFile(path, `${new Date().toISOString()} ${head}\n`, { mode: 0o600 });
      // Root may verify too, and must not keep the account of the folder from doing so ever after.
      const { uid, gid } = await stat(folder);
      if (process.getuid?.() === 0) await chown(path, uid, gid);
    },
  };
};
