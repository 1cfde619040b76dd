// One PostgreSQL for a whole test run, shared by its projects. Each test file makes databases of its own in it.
import type { TestProject } from "vitest/node";
import { startTestPostgres, type TestServer } from "../../src/platform/embedded/testing.js";

// Vitest loads this file anew for each project, so what they share is kept on the process.
const shared = process as NodeJS.Process & {
  testPostgres?: { server: Promise<TestServer>; users: number } | undefined;
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const mine = (shared.testPostgres ??= { server: startTestPostgres(), users: 0 });
  mine.users += 1;
  const server = await mine.server;
  project.provide("databaseUrl", server.url);
  return async () => {
    mine.users -= 1;
    if (mine.users > 0) return;
    shared.testPostgres = undefined;
    await server.stop();
  };
}

declare module "vitest" {
  export interface ProvidedContext {
    databaseUrl: string;
  }
}
