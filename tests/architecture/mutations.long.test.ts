// Takes away what holds a border, one thing at a time, in a copy of this project: each time a test must fail. For the
// import rules nothing needs to be taken away: imports.test.ts asks that exactly the rule for it refuses each violation.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestServer } from "../../src/platform/embedded/testing.js";
import { copyProject, type ProjectCopy } from "../setup/copy.js";

interface Mutation {
  readonly what: string;
  readonly file: string;
  /** What is taken away, and what then stands there. */
  readonly take: string;
  readonly leave: string;
  /** Which tests must notice. */
  readonly project: "unit" | "module" | "system";
  readonly test: string;
}

const DB = "src/platform/db";
const SQL = { project: "system", test: "tests/architecture/sql.test.ts" } as const;
const ROLES = { project: "module", test: `${DB}/roles.module.test.ts` } as const;
const DOCUMENTS = { project: "system", test: "tests/architecture/documents.test.ts" } as const;

const stage = (name: string): Mutation => ({
  what: `the guard against ${name}`,
  file: "src/platform/documents/guard.ts",
  take: `"${name}"`,
  leave: '"$nothing"',
  ...DOCUMENTS,
});

const MUTATIONS: readonly Mutation[] = [
  {
    what: "the module's own role",
    file: `${DB}/postgres.ts`,
    take: 'const as = roles === "own" ?',
    leave: 'const as = roles === "shared" ?',
    ...SQL,
  },
  {
    what: "the schema's own owner",
    file: `${DB}/schemas.ts`,
    take: "authorization ${owner}",
    leave: "authorization ${role}",
    ...SQL,
  },
  {
    what: "the limit to rows",
    file: `${DB}/schemas.ts`,
    take: "grant select, insert, update, delete on tables",
    leave: "grant all on tables",
    ...SQL,
  },
  {
    what: "the removal of rights that somebody gave on a schema",
    file: `${DB}/schemas.ts`,
    take: 'revoke all on schema ${module} from ${["public", ...otherRoles].join(", ")};',
    leave: "",
    ...ROLES,
  },
  {
    what: "the removal of memberships",
    file: `${DB}/roles.ts`,
    take: "for (const other of state.memberOf)",
    leave: "for (const other of [] as string[])",
    ...ROLES,
  },
  {
    what: "the removal of powers",
    file: `${DB}/roles.ts`,
    take: "if (state.powerful || !state.login)",
    leave: "if (!state.login)",
    ...ROLES,
  },
  {
    what: "the owner that nobody signs in as",
    file: `${DB}/roles.ts`,
    take: "`create role ${owner} nologin ${LOCKED_DOWN}`",
    leave: "`create role ${owner} login ${LOCKED_DOWN}`",
    ...ROLES,
  },
  {
    what: "what is taken from PUBLIC",
    file: `${DB}/postgres.ts`,
    take: "await closePublic(client)",
    leave: "([] as string[])",
    ...ROLES,
  },
  {
    what: "the owner as whom migrations run",
    file: `${DB}/migrations.ts`,
    take: "set local role ${owner}; ",
    leave: "",
    ...SQL,
  },
  {
    what: "the record of migrations out of reach",
    file: `${DB}/migrations.ts`,
    take: "if (role !== place.owner)",
    leave: "if (role === place.owner)",
    ...SQL,
  },
  {
    what: "the pinned search_path",
    file: `${DB}/connection.ts`,
    take: "search_path=${module}",
    leave: "search_path=public",
    ...SQL,
  },
  {
    what: "the refusal that teaches",
    file: `${DB}/postgres.ts`,
    take: "explainRefusal(options, module, error, statement)",
    leave: "error",
    ...SQL,
  },
  {
    what: "the limit of a statement",
    file: `${DB}/connection.ts`,
    take: "statement_timeout: statementTimeoutMs",
    leave: "statement_timeout: 0",
    project: "module",
    test: `${DB}/database.module.test.ts`,
  },
  {
    what: "the limit of a wait for a lock",
    file: `${DB}/connection.ts`,
    take: "lock_timeout: lockTimeoutMs",
    leave: "lock_timeout: 0",
    project: "module",
    test: `${DB}/database.module.test.ts`,
  },
  {
    what: "the limit of an idle transaction",
    file: `${DB}/connection.ts`,
    take: "idle_in_transaction_session_timeout: idleInTransactionTimeoutMs",
    leave: "idle_in_transaction_session_timeout: 0",
    project: "module",
    test: `${DB}/database.module.test.ts`,
  },
  {
    what: "the grant that a sold line lost",
    file: "migrations/orders/0003_sold_lines.sql",
    take: "revoke update, delete on line_items from :role;",
    leave: "",
    ...SQL,
  },
  {
    what: "the trigger on sold lines",
    file: "migrations/orders/0001_orders.sql",
    take: "before update or delete on line_items",
    leave: "before update on line_items",
    ...SQL,
  },
  {
    what: "the guard of the document connection",
    file: "src/platform/documents/connections.ts",
    take: "guardConnection(connection, { ...options, prefix, module });",
    leave: "void guardConnection;",
    ...DOCUMENTS,
  },
  {
    what: "the guard against other databases",
    file: "src/platform/documents/guard.ts",
    take: "if (database !== own &&",
    leave: 'if (database === "" &&',
    ...DOCUMENTS,
  },
  ...["$out", "$merge", "$lookup", "$graphLookup", "$unionWith"].map(stage),
  {
    what: "the limit of what is handed over",
    file: "src/grants.ts",
    take: "const granted = manifest[caller]?.calls ?? [];",
    leave:
      "const granted = [...modules.keys()].filter((name) => name !== caller && name in manifest);",
    project: "unit",
    test: "src/grants.unit.test.ts",
  },
];

let server: TestServer;
let copy: ProjectCopy;
beforeAll(async () => {
  // Of its own: what a role may do without a border is seen by all databases of a server.
  server = await startTestPostgres();
  copy = await copyProject(server.url);
});
afterAll(async () => {
  await copy?.remove();
  await server?.stop();
});

describe("A test fails", () => {
  it.each(MUTATIONS)("without $what", async ({ file, take, leave, project, test }) => {
    const path = join(copy.path, file);
    const text = await readFile(path, "utf8");
    expect(text, "what is taken away is there").toContain(take);
    await writeFile(path, text.replace(take, leave));
    try {
      const { code, text: output } = await copy.run("vitest", "run", "--project", project, test);
      expect(code, output.slice(-2_000)).not.toBe(0);
      // A test ran and noticed; it did not just fail to start.
      expect(output).toMatch(/Tests\b.*\d failed/);
    } finally {
      await writeFile(path, text);
    }
  });

  it("only then: the copy as it is passes", async () => {
    const files = [...new Set(MUTATIONS.map(({ test }) => test))];
    const { code, text } = await copy.run("vitest", "run", ...files);
    expect(code, text.slice(-2_000)).toBe(0);
  });
});
