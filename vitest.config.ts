import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// A busy CI machine may be too slow once; what fails three times is broken.
const retry = process.env["CI"] ? 2 : 0;
/** A page takes seconds to come up beside other work; what never comes is as wrong after ten seconds as after one. */
const expect = { poll: { timeout: 10_000 } };

/** Two workers end together when what takes longest begins first; nothing else is known of a file before it ran. */
const LONGEST = [
  "faults.postgres",
  "model.first-half",
  "model.second-half",
  "mutations",
  "matrix",
  "crash/cancel",
  "browser/manager",
  "fuzz.long",
  "browser/till-sale",
  "recovery",
  "crash/stream",
  "browser/system",
  "browser/till-trouble",
  "browser/kitchen",
  "lost-refund",
  "takeover",
  "faults.documents",
  "outbox/kill",
  "new-module",
  "start-and-stop",
  "wrong-starts",
  "bulkhead",
  "documents/start",
  "system/audit",
  "system/sagas",
];
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const turn = ({ moduleId }: TestSpecification) =>
      LONGEST.findIndex((name) => moduleId.includes(name)) + 1 || LONGEST.length + 1;
    return (await super.sort(files)).toSorted((a, b) => turn(a) - turn(b));
  }
}

// unit: no I/O. module: one module or platform part and its real store. system: the whole app over HTTP.
// architecture: planted violations. crash: kill -9, faults and floods (npm run test:all only).
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["{src,web}/**/*.unit.test.ts"],
          maxWorkers: 2,
          testTimeout: 20_000,
          // Nothing of a file is left behind for the next one, and three quarters of the time was loading the same again.
          isolate: false,
        },
      },
      {
        test: {
          name: "module",
          retry,
          expect,
          maxWorkers: 2,
          include: ["src/**/*.module.test.ts"],
          globalSetup: ["tests/setup/postgres.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
          retry,
          expect,
          maxWorkers: 2,
          include: ["tests/system/**/*.test.ts", "tests/architecture/**/*.test.ts"],
          exclude: ["**/*.long.test.ts"],
          globalSetup: ["tests/setup/postgres.ts"],
          testTimeout: 60_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "long",
          retry,
          expect,
          include: [
            "{src,tests}/**/*.long.test.ts",
            "tests/crash/**/*.test.ts",
            "tests/browser/**/*.test.ts",
          ],
          globalSetup: ["tests/setup/postgres.ts"],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          // Two at a time, most of which wait: more would make each other late.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
