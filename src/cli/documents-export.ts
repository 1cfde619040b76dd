// Moves everything from the embedded document store to a real MongoDB, verifies it, and can be run again.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "#platform/config";
import { refuseOtherOwner } from "#platform/documents";
import {
  exportDocuments,
  machineMegabytes,
  openDataFolder,
  startDocumentStore,
} from "#platform/embedded";
import { readArguments } from "./arguments.js";
import { createProgress, type Progress } from "./progress.js";

const USAGE = `npm run documents:export -- --to mongodb://host:27017
  An address with a password goes into the environment variable EXPORT_TO instead: everybody on this machine can see
  command lines.`;
const { values } = readArguments({ options: { to: { type: "string" } } }, USAGE);
const to = values.to ?? (process.env["EXPORT_TO"] || undefined);
if (to === undefined) {
  console.error(`Say where to: ${USAGE}`);
  process.exit(2);
}

const { dataDir } = loadConfig();
// Opened, it would be made, and nothing would be exported with success.
if (!existsSync(join(dataDir, "documents"))) {
  console.error(
    `There is no document store in ${dataDir}: set DATA_DIR to the folder that has it.`,
  );
  process.exit(1);
}

try {
  // The lock of the folder: a running Tiffin would go on writing behind the export's back.
  const folder = await openDataFolder(dataDir);
  const store = await startDocumentStore({
    folder: join(folder.path, "documents"),
    memoryMegabytes: machineMegabytes(), // the way out also where it has outgrown its half
  });
  try {
    let shown: { name: string; progress: Progress } | undefined;
    const report = await exportDocuments({
      from: store.url,
      to,
      check: refuseOtherOwner,
      onProgress: ({ namespace, done, total }) => {
        if (shown?.name !== namespace) {
          shown?.progress.end();
          shown = { name: namespace, progress: createProgress(namespace, total) };
        }
        shown.progress.update(done);
      },
    });
    shown?.progress.end();
    const { collections, documents, indexes } = report;
    console.log(
      `✓ ${documents} documents and ${indexes} indexes of ${collections} collections agree. Set MONGODB_URL to use the new server.`,
    );
  } finally {
    await store.stop();
    await folder.release();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
