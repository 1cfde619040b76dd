// The building of a new model: who began it, how far it is, and the moment in which it takes the place of the old one.
import { defineStatement, type Session } from "#platform/db";
import type { ReportingDatabase, ReportingTx } from "../schema.js";
import { FIGURES, type Figures } from "./books.js";

export interface Build {
  readonly id: number;
  readonly model: 0 | 1;
  readonly startedAt: Date;
  readonly startedBy: string;
  /** In the journal. */
  readonly position: number;
  /** Events counted, and how many there are to count. */
  readonly done: number;
  readonly total: number;
  readonly endedAt: Date | null;
  readonly changed: number | null;
  readonly cause: string | null;
}
const COLUMNS = `id, model, started_at as "startedAt", started_by as "startedBy", position, done, total,
  ended_at as "endedAt", changed, cause`;

// Two numbers, so that another session can look in pg_locks whether somebody holds it.
const KEY = "hashtext(current_schema()), hashtext('rebuild')";
const claim = defineStatement<{ claimed: boolean }>(
  "reporting.claim-build",
  `select pg_try_advisory_lock(${KEY}) as claimed`,
);

/** The right to build, for as long as the session lives. False while another process has it. */
export const claimBuild = async (session: Session): Promise<boolean> =>
  (await session.run(claim, []))[0]?.claimed === true;

const newest = defineStatement<Build & { underWay: boolean }>(
  "reporting.newest-build",
  `select ${COLUMNS}, exists (
     select from pg_locks where locktype = 'advisory' and granted and objsubid = 2
       and database = (select oid from pg_database where datname = current_database())
       and (classid::bigint::bit(32)::integer, objid::bigint::bit(32)::integer) = (${KEY})) as "underWay"
   from builds order by id desc limit 1`,
);

export const findNewestBuild = async (database: ReportingDatabase) =>
  (await database.run(newest, []))[0];

const empty = defineStatement<never>("reporting.empty-model", "select empty_model($1::smallint)");

/** Fails at once (55P03) while a report reads it, and always when it is the one in use. */
export const emptyModel = (database: ReportingDatabase, model: number, tx?: ReportingTx) =>
  database.run(empty, [model], tx);

const abandon = defineStatement<never>(
  "reporting.abandon-builds",
  "update builds set ended_at = $1, cause = 'cut off' where ended_at is null",
);
const insert = defineStatement<Build>(
  "reporting.insert-build",
  `insert into builds (model, started_at, started_by, total)
   select 1 - model, $1, $2, (select count(*) from journal) from books
   returning ${COLUMNS}`,
);

/** Whoever built before has lost the right to go on. */
export async function insertBuild(
  database: ReportingDatabase,
  { now, by }: { now: Date; by: string },
  tx: ReportingTx,
): Promise<Build> {
  await database.run(abandon, [now], tx);
  const [build] = await database.run(insert, [now, by], tx);
  if (!build) throw new Error("The books are one row");
  return build;
}

const advance = defineStatement<Build>(
  "reporting.advance-build",
  `update builds set position = $3, done = done + $4, total = greatest(total, done + $4)
   where id = $1 and position = $2 and ended_at is null
   returning ${COLUMNS}`,
);

/** Undefined when the build was abandoned meanwhile: then nothing of the transaction may stay. */
export async function advanceBuild(
  database: ReportingDatabase,
  { id, position }: Build,
  step: { last: number; events: number },
  tx: ReportingTx,
): Promise<Build | undefined> {
  return (await database.run(advance, [id, position, step.last, step.events], tx))[0];
}

/** Column by column, for this runs while nobody may count and within the time of one statement: years of figures as
 *  JSON took longer than both have. */
const differing = ({ table, key, sums }: Figures) => {
  const columns = Object.keys(sums);
  const half = (model: number) =>
    `(select ${key}, ${columns.join(", ")} from ${table} where model = ${model})`;
  const row = (name: string) => `(${columns.map((column) => `${name}.${column}`).join(", ")})`;
  return `(select count(*) from ${half(0)} as one full join ${half(1)} as other using (${key})
    where ${row("one")} is distinct from ${row("other")})`;
};
const finish = defineStatement<{ changed: number }>(
  "reporting.finish-build",
  `with swapped as (
     update books set model = $2 where model <> $2
   )
   update builds set ended_at = $3, changed =
     ${FIGURES.map(differing).join(" + ")}
   where id = $1 and ended_at is null
   returning changed`,
);

/** With the books locked: compares the figures of both models, and puts the new one into use. Undefined when the build
 *  was abandoned meanwhile: then nothing of the transaction may stay. */
export const finishBuild = async (
  database: ReportingDatabase,
  { id, model }: Build,
  now: Date,
  tx: ReportingTx,
) => (await database.run(finish, [id, model, now], tx))[0]?.changed;

const giveUp = defineStatement<never>(
  "reporting.give-up-build",
  "update builds set ended_at = $2, cause = $3 where id = $1 and ended_at is null",
);

export const giveUpBuild = (database: ReportingDatabase, id: number, now: Date, cause: string) =>
  database.run(giveUp, [id, now, cause]);
