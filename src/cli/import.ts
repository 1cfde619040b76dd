// Loads or updates a whole restaurant from a file. Lists every bad row before it changes anything; run again, it
// changes nothing.
import { readFile } from "node:fs/promises";
import { type FileFault, readRestaurantFile, type RestaurantFile } from "#modules/restaurant";
import { importRestaurant } from "../system/import.js";
import { readArguments } from "./arguments.js";
import { createProgress } from "./progress.js";
import { type Api, ApiError } from "./server.js";
import { withServer } from "./with-server.js";

const MAX_FAULTS_SHOWN = 200;

const USAGE = "npm run import -- <file.json>   (its format: docs/restaurant-file.schema.json)";
const [path, ...more] = readArguments({ allowPositionals: true }, USAGE).positionals;
if (path === undefined || more.length > 0) {
  console.error(`Name one file: ${USAGE}`);
  process.exit(2);
}

const file = await readFile(path, "utf8").then(parse, (error: unknown) => {
  console.error(
    `${path} cannot be read (${(error as Error).message}). Check the path and its permissions.`,
  );
  process.exit(2);
});

function parse(content: string): RestaurantFile {
  try {
    const result = readRestaurantFile(JSON.parse(content.replace(/^\uFEFF/, "")));
    if ("file" in result) return result.file;
    printFaults(result.faults);
  } catch (error) {
    console.error(`${path} is not JSON: ${(error as Error).message}. Nothing was changed.`);
  }
  process.exit(1);
}

function printFaults(faults: readonly FileFault[]): void {
  for (const { path: where, reason } of faults.slice(0, MAX_FAULTS_SHOWN))
    console.error(`✗ ${where}: ${reason}`);
  const hidden = faults.length - MAX_FAULTS_SHOWN;
  if (hidden > 0) console.error(`… and ${hidden} more`);
  console.error(
    `${faults.length} ${faults.length === 1 ? "fault" : "faults"} in ${path}. Nothing was changed.`,
  );
}

const items = file.categories.reduce((count, category) => count + category.items.length, 0);
const load = async (api: Api) => {
  const progress = createProgress("Importing", items);
  const result = await importRestaurant(
    file,
    {
      products: (request) => api.call("POST", "/api/inventory/products/import", request),
      settings: (settings) => api.call("PUT", "/api/restaurant/settings", settings),
    },
    (done) => progress.update(done),
  );
  progress.end();
  const { created, updated, unchanged, settingsChanged } = result;
  console.log(
    `${created} products created, ${updated} updated, ${unchanged} unchanged; menu and settings ${settingsChanged ? "updated" : "unchanged"}.`,
  );
};
// On an empty data folder the sample restaurant would only be in the way: its currency would stay.
await withServer((api) => load(api).catch(explain), { sample: false });

function explain(error: unknown): never {
  // Of a large file each part is refused by itself.
  const refusals: unknown[] = error instanceof AggregateError ? error.errors : [error];
  if (!refusals.every((one) => one instanceof ApiError && one.code === "currency-mismatch"))
    throw error;
  throw new Error(
    `The restaurant in this data folder has another currency than ${file.restaurant.currency}, and a restaurant keeps its currency. Import into an empty folder: set DATA_DIR to a new one, and databases of its own where DATABASE_URL or MONGODB_URL is set. Nothing was changed.`,
  );
}
