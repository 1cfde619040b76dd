// Runs repository functions without a database, to learn which statements they can produce. Every argument is one and
// the same object, which passes for a database, a transaction, a row, a list or a text, as it is used.
import {
  CamelCasePlugin,
  type CompiledQuery,
  type DatabaseConnection,
  DummyDriver,
  type InsertQueryNode,
  Kysely,
  type KyselyPlugin,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";

/** What the functions find: whether optional properties are there, and whether queries answer with a row. */
export interface World {
  readonly properties: boolean;
  readonly rows: boolean;
}

export const WORLDS: readonly World[] = [true, false].flatMap((properties) =>
  [true, false].map((rows) => ({ properties, rows })),
);

const camelCase = new CamelCasePlugin();
const names: KyselyPlugin = {
  transformQuery: ({ node, queryId }) => {
    const renamed = camelCase.transformQuery({ node, queryId });
    return renamed.kind === "InsertQueryNode" ? withColumns(renamed) : renamed;
  },
  transformResult: ({ result }) => Promise.resolve(result),
};

/** A row of unknown columns is inserted as a row of defaults: for the right to insert that is the same. */
function withColumns(node: InsertQueryNode): InsertQueryNode {
  if (node.columns && node.columns.length > 0) return node;
  const { columns: _columns, values: _values, ...rest } = node;
  return { ...rest, defaultValues: true };
}

export function createRecorder({ properties, rows }: World): {
  argument: unknown;
  texts: string[];
} {
  const texts: string[] = [];

  class Driver extends DummyDriver {
    override acquireConnection(): Promise<DatabaseConnection> {
      return Promise.resolve({
        executeQuery: <R>({ sql }: CompiledQuery): Promise<QueryResult<R>> => {
          texts.push(sql);
          return Promise.resolve({ rows: (rows ? [thing] : []) as R[] });
        },
        // oxlint-disable-next-line require-yield
        async *streamQuery() {
          throw new Error("A repository that streams needs a recorder that does");
        },
      });
    }
  }
  const kysely = new Kysely<Record<string, Record<string, unknown>>>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new Driver(),
      createIntrospector: (database) => new PostgresIntrospector(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    plugins: [names],
  });

  const asDatabase: Record<string, unknown> = {
    kysely,
    module: "recorded",
    run: ({ text }: { text: string }) => {
      texts.push(text);
      return Promise.resolve(rows ? [thing] : []);
    },
    transaction: (work: (tx: unknown) => Promise<unknown>) =>
      kysely.transaction().execute((tx) => work(tx)),
  };

  // A list of one; its entry is out of sight for `{ ...thing }`, which has no columns of its own.
  const list = Object.defineProperty([], "0", { value: null, configurable: true, writable: true });
  const thing: unknown = new Proxy<unknown[]>(list, {
    get(target, name) {
      if (name === Symbol.toPrimitive || name === "toString") return () => "1";
      if (name === "then" || name === "toOperationNode") return undefined;
      if (name === "0") return thing;
      if (name === "has") return () => properties;
      if (typeof name === "string" && name in asDatabase) return asDatabase[name];
      const inList: unknown = Reflect.get(target, name);
      if (inList !== undefined) return inList;
      for (const like of [kysely, "1", new Date(0)]) {
        const own: unknown = Reflect.get(Object(like) as object, name);
        if (typeof own === "function") return own.bind(like) as unknown;
      }
      return properties ? thing : undefined;
    },
    has: () => properties,
  });
  return { argument: thing, texts };
}
