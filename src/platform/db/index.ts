// PostgreSQL for modules: own role, own schema, own pool. The only home of pg; kysely's builder is for repositories.
export { isTimeLimit, type PoolOptions } from "./connection.js";
export type { Database, PoolUse } from "./database.js";
export type { SchemaPicture, TablePicture } from "./picture.js";
export { openPostgres, type Postgres, type PostgresOptions } from "./postgres.js";
export type { Session } from "./session.js";
export { defineStatement, definedStatements, type Runner, type Statement } from "./statements.js";
export type { Transaction } from "kysely";
