// npm run build:web: builds the screens if they are stale, and says how large the till's first load is.
import { relative } from "node:path";
import { buildScreens } from "../web/build.js";
import { measureFirstLoad } from "../web/measure.js";

const startedAt = performance.now();
try {
  const { folder, fresh } = await buildScreens();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { bytes, limit } = await measureFirstLoad(folder);
  const kB = (count: number) => `${Math.round(count / 1000)} kB`;
  console.log(
    `${relative(process.cwd(), folder)}: ${fresh ? "fresh already" : `built in ${seconds} s`}; the till loads ${kB(bytes)} first, of at most ${kB(limit)}.`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
