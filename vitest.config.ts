import { defineConfig } from "vitest/config";

// unit: no I/O. module: one module or platform part and its real store. system: the whole app over HTTP.
// architecture: planted violations. crash: kill -9, faults and floods (npm run test:all only).
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["src/**/*.unit.test.ts"] } },
      {
        test: {
          name: "module",
          include: ["src/**/*.module.test.ts"],
          globalSetup: ["tests/setup/postgres.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
          include: ["tests/system/**/*.test.ts", "tests/architecture/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "long",
          include: [
            "src/**/*.long.test.ts",
            "tests/crash/**/*.test.ts",
            "tests/browser/**/*.test.ts",
          ],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
