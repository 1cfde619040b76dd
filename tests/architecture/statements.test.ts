// Every statement that the modules can produce is prepared under its module's role, on empty tables: PostgreSQL refuses
// what a role may not, and what does not exist, while it parses. Modules come from the manifest, which must match the
// folders, and files from the folders, so a new one is proved without a line here. How "every" is known:
// 1. a statement with a name is in a registry, and the whole application is loaded here;
// 2. built queries stand in repositories only (text of all other files, and the import rule for kysely);
// 3. every exported function of every repository is run by the recorder, with and without each optional part and row,
//    and V8's block coverage shows that no place in them that builds a query was left out.
import { readdir, readFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { manifest } from "#modules/manifest";
import type { Database, Statement } from "#platform/db";
import { createTestPostgres, type TestPostgres } from "../../src/platform/db/testing.js";
import { ROOT } from "./planted.js";
import { createRecorder, WORLDS } from "./recorder.js";

const modules = Object.entries(manifest).flatMap(([name, { store }]) =>
  store === "postgres" ? [name] : [],
);
const BUILDS =
  /\.(selectFrom|insertInto|updateTable|deleteFrom|mergeInto|executeQuery|run)\(|\bsql`/;
const REPOSITORY = /^(repository\.ts|repository\/.*(?<!\.test)\.ts)$/;

/** Undefined table, undefined column. */
const ELSEWHERE = /^(42P01|42703)/;

let test: TestPostgres;
const databases = new Map<string, Database>();
let named: readonly Statement<unknown>[] = [];
/** Texts by module. */
const built = new Map<string, Set<string>>();
const silent: string[] = [];
const unseen: string[] = [];

async function filesOf(module: string): Promise<string[]> {
  return (await readdir(join(ROOT, "src/modules", module), { recursive: true })).filter((file) =>
    file.endsWith(".ts"),
  );
}

beforeAll(async () => {
  test = await createTestPostgres(inject("databaseUrl"), manifest);
  for (const module of modules) databases.set(module, test.postgres.connect(module, { max: 1 }));
  const inspector = new Session();
  inspector.connect();
  await inspector.post("Profiler.enable");
  await inspector.post("Debugger.enable");
  await inspector.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  for (const module of modules) await record(module);
  await import(join(ROOT, "src/app.ts"));
  named = (await import("#platform/db")).definedStatements();
  const { result } = await inspector.post("Profiler.takePreciseCoverage");
  for (const { scriptId, url, functions } of result) {
    if (!/\/src\/modules\/[a-z]+\/repository(\.ts|\/)/.test(url)) continue;
    const { scriptSource } = await inspector.post("Debugger.getScriptSource", { scriptId });
    for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
      const text = scriptSource.slice(startOffset, endOffset);
      if (count === 0 && BUILDS.test(text)) unseen.push(`${url}: ${text}`);
    }
  }
  inspector.disconnect();
});
afterAll(() => test?.close());

async function record(module: string): Promise<void> {
  const texts = new Set<string>();
  built.set(module, texts);
  for (const file of (await filesOf(module)).filter((name) => REPOSITORY.test(name))) {
    const path = pathToFileURL(join(ROOT, "src/modules", module, file)).href;
    const functions = Object.entries((await import(path)) as Record<string, unknown>);
    for (const [name, run] of functions) {
      if (typeof run !== "function") continue;
      let said = 0;
      for (const world of WORLDS) {
        const { argument, texts: recorded } = createRecorder(world);
        // What it makes of its answers does not matter here; what it asked does.
        await Promise.resolve()
          .then(() => run(...Array.from({ length: 6 }, () => argument)) as unknown)
          .catch(() => undefined);
        said += recorded.length;
        for (const text of recorded) texts.add(text);
      }
      if (said === 0) silent.push(`${module}/${file}: ${name}`);
    }
  }
}

async function refusalOf(module: string, text: string): Promise<string | null> {
  const database = databases.get(module);
  if (!database) return `${module} has no database`;
  try {
    await sql.raw(`prepare proof as ${text}`).execute(database.kysely);
    await sql.raw("deallocate proof").execute(database.kysely);
    return null;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
}

describe("Every statement", () => {
  it("of a repository is found: each of its functions asks something, and no query stays unbuilt", () => {
    expect(silent).toEqual([]);
    expect(unseen).toEqual([]);
    const withoutQueries = modules.filter((module) => built.get(module)?.size === 0);
    expect(withoutQueries).toEqual([]);
  });

  it("is in a repository, or has a name", async () => {
    const elsewhere: string[] = [];
    for (const module of modules) {
      for (const file of await filesOf(module)) {
        if (REPOSITORY.test(file) || /test\.ts$|testing\.ts$/.test(file)) continue;
        const text = await readFile(join(ROOT, "src/modules", module, file), "utf8");
        if (
          /\.(selectFrom|insertInto|updateTable|deleteFrom|mergeInto|executeQuery)\(|\bsql`/.test(
            text,
          )
        ) {
          elsewhere.push(`${module}/${file}`);
        }
      }
    }
    expect(elsewhere).toEqual([]);
  });

  it("that a repository builds can be prepared under its module's role", async () => {
    const refused: string[] = [];
    for (const [module, texts] of built) {
      for (const text of texts) {
        const refusal = await refusalOf(module, text);
        if (refusal !== null) refused.push(`${module}: ${refusal}\n${text}`);
      }
    }
    expect(refused).toEqual([]);
  });

  it("with a name can be prepared under its module's role; the platform's, under each that has the tables", async () => {
    const refused: string[] = [];
    for (const { name, text } of named) {
      const owner = name.split(".")[0] ?? "";
      const tried = modules.includes(owner) ? [owner] : modules;
      const refusals = await Promise.all(tried.map((module) => refusalOf(module, text)));
      // Where a module has no such table, or has another one of that name, the statement is not for it.
      const bad = refusals.find((refusal) => refusal !== null && !ELSEWHERE.test(refusal));
      const fitting = refusals.filter((refusal) => refusal === null);
      if (bad || fitting.length === 0) refused.push(`${name}: ${bad ?? refusals[0]}`);
    }
    expect(named.length).toBeGreaterThan(30);
    expect(refused).toEqual([]);
  });

  it("that notifies is one of two, and runs on its own: within an order's transaction it would serialise all commits", async () => {
    const notifying = named.filter(({ text }) => /\bnotify\b|pg_notify/i.test(text));
    expect(notifying.map(({ name }) => name)).toEqual(["outbox.notify", "stream.notify"]);
    const files = await Promise.all(
      ["src", "migrations"].map(async (folder) =>
        (await readdir(join(ROOT, folder), { recursive: true }))
          .filter((file) => /(?<!test)\.(ts|sql)$/.test(file))
          .map((file) => join(folder, file)),
      ),
    );
    const found: string[] = [];
    const calls: string[] = [];
    for (const file of files.flat()) {
      const text = await readFile(join(ROOT, file), "utf8");
      if (/pg_notify|^\s*notify\s/im.test(text)) found.push(file);
      // Where it runs, it is given no transaction.
      for (const [call] of text.matchAll(/run\((sql\.)?notify\b[^)]*\)/g)) {
        calls.push(file);
        expect(call).toMatch(/^run\((sql\.)?notify, \[[^\]]*\]\)$/);
      }
    }
    expect(found.toSorted()).toEqual([
      "src/platform/outbox/postgres/outbox-statements.ts",
      "src/platform/stream/signals.ts",
    ]);
    expect(calls.toSorted()).toEqual([
      "src/platform/outbox/postgres/calls.ts",
      "src/platform/outbox/postgres/outbox-store.ts",
      "src/platform/stream/signals.ts",
    ]);
  });

  it("that reads another module's table cannot be prepared: the proof can fail", async () => {
    const [own = "", other = ""] = modules;
    expect(await refusalOf(own, `select * from ${other}.outbox where id = $1`)).toMatch(
      /^42501: `/,
    );
    expect(await refusalOf(own, "select nothing from outbox")).toMatch(/^42703/);
  });
});
