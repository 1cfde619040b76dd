// What a new module starts as: the same files as every other one, small enough to be read in a minute and replaced.

export type Store = "postgres" | "mongodb";
export type ModuleFiles = Readonly<Record<string, string>>;

interface Names {
  readonly name: string;
  /** `Loyalty`, for types and makers. */
  readonly Name: string;
}

const namesOf = (name: string): Names => ({
  name,
  Name: name.charAt(0).toUpperCase() + name.slice(1),
});

/** Paths from the project's root. */
export function renderModule(name: string, store: Store): ModuleFiles {
  const names = namesOf(name);
  const own = store === "postgres" ? postgresFiles(names) : mongoFiles(names);
  const folder = `src/modules/${name}`;
  const files: Record<string, string> = {
    [`${folder}/README.md`]: readme(names, store),
    [`${folder}/contract.ts`]: contract(names),
    [`${folder}/commands.ts`]: commands(names, store),
    [`${folder}/queries.ts`]: queries(names, store),
    [`${folder}/router.ts`]: router(names, store),
    [`${folder}/index.ts`]: index(names, store),
  };
  for (const [file, text] of Object.entries(own)) {
    files[file.startsWith("migrations/") ? file : `${folder}/${file}`] = text;
  }
  return files;
}

const readme = ({ name }: Names, store: Store) => `# ${name}

Keeps entries: say here in one sentence what it is for.

**Owns** (${store === "postgres" ? `Postgres schema \`${name}\`` : `MongoDB database \`tiffin_${name}\``}): \`entries\`.
**Calls** nobody. **Hears** nobody. **Publishes** nothing.

## Invariants

- An entry's label is never empty.
`;

const contract = ({
  name,
}: Names) => `// The face of ${name}. Who may call it: a permission for each route, of those in auth's rules.ts.
import { z } from "zod";
import { route } from "#platform/contract";
import { text, Uuid } from "#platform/kernel";

export const Entry = z.object({ id: Uuid, label: z.string(), createdAt: z.iso.datetime() });

export const contract = {
  add: route
    .meta({ permission: "restaurant.edit" })
    .route({ method: "POST", path: "/${name}/entries", summary: "Add an entry", successStatus: 201 })
    .input(z.strictObject({ label: text(100).min(1) }))
    .output(Entry),
  list: route
    .meta({ permission: "restaurant.read" })
    .route({ method: "GET", path: "/${name}/entries", summary: "The newest hundred entries" })
    .output(z.object({ items: z.array(Entry) })),
};
`;

/** What repositories are handed: the module's own database, or its own connection. */
const handle = ({ Name }: Names, store: Store) =>
  store === "postgres"
    ? { name: "database", type: `${Name}Database`, from: "./repository.js" }
    : { name: "models", type: `${Name}Models`, from: "./schema.js" };

function commands(names: Names, store: Store): string {
  const { name, type, from } = handle(names, store);
  return `// What changes ${names.name}.
import { newId } from "#platform/kernel";
import { insertEntry } from "./repository.js";
import type { ${type} } from "${from}";

export const addEntry = (${name}: ${type}, label: string, now: Date) =>
  insertEntry(${name}, { id: newId(), label, createdAt: now });
`;
}

function queries(names: Names, store: Store): string {
  const { name, type, from } = handle(names, store);
  return `// Reads of ${names.name}.
import { listNewest } from "./repository.js";
import type { ${type} } from "${from}";

export const listEntries = (${name}: ${type}) => listNewest(${name}, 100);
`;
}

function router(names: Names, store: Store): string {
  const { name, type, from } = handle(names, store);
  return `// Between the contract and the module.
import { implementContract } from "#platform/http";
import { addEntry } from "./commands.js";
import { contract } from "./contract.js";
import { listEntries } from "./queries.js";
import type { ${type} } from "${from}";
import type { EntryRow } from "./schema.js";

const toEntry = ({ id, label, createdAt }: EntryRow) => ({
  id,
  label,
  createdAt: createdAt.toISOString(),
});

export function createRouter({ ${name}, clock }: { ${name}: ${type}; clock: () => Date }) {
  const ${names.name} = implementContract(contract);
  return ${names.name}.router({
    add: ${names.name}.add.handler(async ({ input }) =>
      toEntry(await addEntry(${name}, input.label, clock())),
    ),
    list: ${names.name}.list.handler(async () => ({
      items: (await listEntries(${name})).map(toEntry),
    })),
  });
}
`;
}

function index({ name, Name }: Names, store: Store): string {
  const parts =
    store === "postgres"
      ? {
          imports: `import type { ${Name}Database } from "./repository.js";`,
          field: `database: ${Name}Database`,
          use: "database",
          give: "database",
          types: `export type { ${Name}Tables } from "./schema.js";\n`,
        }
      : {
          imports: `import type { Connection } from "mongoose";`,
          field: "connection: Connection",
          use: "connection",
          give: "models: createModels(connection)",
          types: "",
        };
  const first = store === "mongodb" ? `${parts.imports}\n` : "";
  const last = store === "mongodb" ? `import { createModels } from "./schema.js";` : "";
  return `// The front door of ${name}.
${first}import type { Face } from "#platform/contract";
import { contract } from "./contract.js";
${store === "postgres" ? `${parts.imports}\n` : ""}import { createRouter } from "./router.js";
${last}

export { contract };
${parts.types}export type ${Name}Face = Face<typeof contract>;

export interface ${Name}Parts {
  readonly ${parts.field};
  readonly clock: () => Date;
}

export function create${Name}({ ${parts.use}, clock }: ${Name}Parts) {
  return {
    name: "${name}" as const,
    router: createRouter({ ${parts.give}, clock }),
    subscriptions: [],
  };
}
`;
}

const test = (
  { name, Name }: Names,
  imports: string,
  set: string,
  make: string,
) => `// ${name} on a fresh store of its own.
import { afterAll, beforeAll, describe, expect, ${imports.includes("createModuleDatabase") ? "inject, " : ""}it } from "vitest";
import { createFace, systemPrincipal } from "#platform/http";
${imports}

${set}
describe("${Name}", () => {
  it("keeps what is added, newest first", async () => {
    const module = create${Name}({ ${make}, clock: () => new Date() });
    const face = createFace<typeof contract>(module.router, { principal: systemPrincipal });
    const first = await face.add({ label: "first" });
    const second = await face.add({ label: "second" });
    expect((await face.list()).items).toEqual([second, first]);
    await expect(face.add({ label: "" })).rejects.toThrow();
  });
});
`;

const postgresFiles = (names: Names): ModuleFiles => {
  const { name, Name } = names;
  return {
    "schema.ts": `// This module's tables, as the query builder sees them.

export interface EntryRow {
  id: string;
  label: string;
  createdAt: Date;
}

export interface ${Name}Tables {
  entries: EntryRow;
}
`,
    "repository.ts": `// Every query of ${name}, no decision.
import type { Database } from "#platform/db";
import type { EntryRow, ${Name}Tables } from "./schema.js";

export type ${Name}Database = Database<${Name}Tables>;

export const insertEntry = (database: ${Name}Database, entry: EntryRow) =>
  database.kysely.insertInto("entries").values(entry).returningAll().executeTakeFirstOrThrow();

export const listNewest = (database: ${Name}Database, limit: number) =>
  database.kysely.selectFrom("entries").selectAll().orderBy("id", "desc").limit(limit).execute();
`,
    [`migrations/${name}/0001_entries.sql`]: `-- What ${name} keeps.

create table entries (
  id uuid primary key,
  label text not null check (label <> ''),
  created_at timestamptz not null
);
`,
    [`${name}.module.test.ts`]: test(
      names,
      `import { createModuleDatabase } from "../../platform/db/testing.js";
import { type contract, create${Name}, type ${Name}Tables } from "./index.js";`,
      `let test: Awaited<ReturnType<typeof createModuleDatabase<${Name}Tables>>>;
beforeAll(async () => {
  test = await createModuleDatabase<${Name}Tables>(inject("databaseUrl"), "${name}");
});
afterAll(() => test?.close());
`,
      "database: test.database",
    ),
  };
};

const mongoFiles = (names: Names): ModuleFiles => {
  const { name, Name } = names;
  return {
    "schema.ts": `// This module's documents.
import { type Connection, type Model, Schema } from "mongoose";

export interface EntryRow {
  id: string;
  label: string;
  createdAt: Date;
}

export interface EntryDocument extends Omit<EntryRow, "id"> {
  _id: string;
}

const entrySchema = new Schema<EntryDocument>(
  { _id: String, label: { type: String, required: true }, createdAt: { type: Date, required: true } },
  { versionKey: false },
);

export interface ${Name}Models {
  readonly entries: Model<EntryDocument>;
}

export const createModels = (connection: Connection): ${Name}Models => ({
  entries: connection.model<EntryDocument>("Entry", entrySchema, "entries"),
});
`,
    "repository.ts": `// Every query of ${name}, no decision.
import type { EntryDocument, EntryRow, ${Name}Models } from "./schema.js";

const toRow = ({ _id, label, createdAt }: EntryDocument): EntryRow => ({ id: _id, label, createdAt });

export async function insertEntry({ entries }: ${Name}Models, { id, ...entry }: EntryRow) {
  await entries.create([{ _id: id, ...entry }]);
  return { id, ...entry };
}

export const listNewest = async ({ entries }: ${Name}Models, limit: number) =>
  (await entries.find().sort({ _id: -1 }).limit(limit).lean()).map(toRow);
`,
    [`${name}.module.test.ts`]: test(
      names,
      `import { createTestDocuments, type TestDocuments } from "../../platform/documents/testing.js";
import { type contract, create${Name} } from "./index.js";`,
      `let test: TestDocuments;
beforeAll(async () => {
  test = await createTestDocuments();
});
afterAll(() => test?.close());
`,
      `connection: await test.connect("${name}")`,
    ),
  };
};
