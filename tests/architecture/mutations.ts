// What holds a border, and how it is taken away: mutations.test.ts asks whether it is still there, in every run;
// mutations.long.test.ts takes it away, one at a time.

export interface Mutation {
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

export const MUTATIONS: readonly Mutation[] = [
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
    take: "search_path: module",
    leave: 'search_path: "public"',
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
    what: "the grant that an order lost",
    file: "migrations/orders/0005_sold_orders.sql",
    take: "revoke update, delete on orders from :role;",
    leave: "",
    ...SQL,
  },
  {
    what: "the trigger on orders",
    file: "migrations/orders/0005_sold_orders.sql",
    take: "before update on orders",
    leave: "before update of id on orders",
    ...SQL,
  },
  {
    what: "the grant that money lost",
    file: "migrations/payments/0005_history.sql",
    take: "revoke update, delete on payments, refunds from :role;",
    leave: "",
    ...SQL,
  },
  {
    what: "the trigger on payments",
    file: "migrations/payments/0005_history.sql",
    take: "before update on payments",
    leave: "before update of id on payments",
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
  {
    what: "the limit of what is heard",
    file: "src/grants.ts",
    take: "refuseUngranted(module);",
    leave: "void refuseUngranted;",
    project: "unit",
    test: "src/grants.unit.test.ts",
  },
];
