// One module's way to its own tables: a pool under its own role, a query builder that knows only its own tables.
import { CamelCasePlugin, CompiledQuery, Kysely, PostgresDialect, type Transaction } from "kysely";
import pg from "pg";

export type { Transaction } from "kysely";

/** A statement that runs on a hot path: prepared once on each connection, and known by name. */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Never set: it carries the row's type. */
  readonly row?: Row;
}

const statements = new Map<string, Statement<unknown>>();

/** Names are unique, so that every statement can be listed and proved under its module's role. */
export function defineStatement<Row>(name: string, text: string): Statement<Row> {
  if (statements.has(name)) throw new Error(`Two statements are called ${name}`);
  const statement = { name, text };
  statements.set(name, statement);
  return statement;
}

/** Every statement that was defined, in the order of definition. */
export const definedStatements = (): readonly Statement<unknown>[] => [...statements.values()];

/** What runs statements: all that a part of the platform needs of a module's database. */
export interface Runner {
  run<Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]>;
}

export interface Database<Tables = never> extends Runner {
  readonly module: string;
  readonly kysely: Kysely<Tables>;
  /** One round trip; its own transaction unless `tx` is given. */
  run<Row>(statement: Statement<Row>, values: readonly unknown[], tx?: Transaction<Tables>): Promise<Row[]>;
  /** Commits when `work` resolves. Run again from the start after a deadlock or serialization failure: `work` must
   *  have no effect outside the transaction. */
  transaction<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const INT8 = 20;
const DATE = 1082;

function exactInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is beyond what a number holds exactly`);
  return number;
}

const types = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === INT8) return exactInteger as never;
    if (oid === DATE) return ((value: string) => value) as never;
    return pg.types.getTypeParser(oid, format as "text") as never;
  },
};

export interface PoolOptions {
  readonly max: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
}

export const DEFAULT_POOL: PoolOptions = {
  max: 8,
  statementTimeoutMs: 10_000,
  lockTimeoutMs: 5_000,
  idleInTransactionTimeoutMs: 10_000,
};

export function createDatabase<Tables>(
  module: string,
  connection: { connectionString: string; user?: string; password?: string },
  options: PoolOptions,
  onError: (error: Error) => void,
): Database<Tables> {
  const pool = new pg.Pool({
    ...connectionParts(connection),
    max: options.max,
    types,
    application_name: `tiffin:${module}`,
    options: `-c search_path=${module} -c lock_timeout=${options.lockTimeoutMs}`,
    statement_timeout: options.statementTimeoutMs,
    idle_in_transaction_session_timeout: options.idleInTransactionTimeoutMs,
    keepAlive: true,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
  });
  // A connection that the server ends while idle must not end the process; the next query opens another.
  pool.on("error", onError);
  const kysely = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });

  return {
    module,
    kysely,
    async run<Row>({ name, text }: Statement<Row>, values: readonly unknown[], tx?: Transaction<Tables>) {
      if (tx) {
        const result = await tx.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
        return result.rows;
      }
      const result = await pool.query({ name, text, values: [...values] });
      return result.rows as Row[];
    },
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await kysely.transaction().execute(work);
        } catch (error) {
          if (!isTransient(error) || attempt === 5) throw error;
        }
      }
    },
    close: () => kysely.destroy(),
  };
}

function connectionParts({ connectionString, user, password }: { connectionString: string; user?: string; password?: string }) {
  const url = new URL(connectionString);
  if (user !== undefined) url.username = user;
  if (password !== undefined) url.password = password;
  return { connectionString: url.href };
}

/** A deadlock or serialization failure: the same work may well succeed at once. */
function isTransient(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "40001" || code === "40P01";
}
