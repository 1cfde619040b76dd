// PostgreSQL for modules: own role, own schema, own pool. The only home of pg; kysely's builder is for repositories.
export {
  type Database,
  defineStatement,
  definedStatements,
  type PoolOptions,
  type Runner,
  type Statement,
  type Transaction,
} from "./database.js";
export { openPostgres, type Postgres, type PostgresOptions } from "./postgres.js";
