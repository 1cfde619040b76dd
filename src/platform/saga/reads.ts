// What is read of sagas, no decision.
import { defineStatement, type Runner } from "#platform/db";
import { COLUMNS, type SagaRow, type SagaStatus } from "./rows.js";

const selectSaga = defineStatement<SagaRow>(
  "saga.find",
  `select ${COLUMNS} from sagas where id = $1`,
);

export const findSaga = async (database: Runner, id: string) =>
  (await database.run(selectSaga, [id]))[0];

const selectByKey = defineStatement<SagaRow>(
  "saga.find-by-key",
  `select ${COLUMNS} from sagas where idempotency_key = $1`,
);

export const findSagaByKey = async (database: Runner, idempotencyKey: string) =>
  (await database.run(selectByKey, [idempotencyKey]))[0];

const list = defineStatement<SagaRow>(
  "saga.list",
  `select ${COLUMNS} from sagas
   where ($1::text is null or status = $1) and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
);
// Asked apart, so that the index of the unfinished ones answers however many have ended.
const listUnended = defineStatement<SagaRow>(
  "saga.list-unended",
  `select ${COLUMNS} from sagas
   where ended_at is null and ($1::text is null or status = $1) and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
);
// Asked apart, and the first saga apart from what came later: with "or" and a small limit the planner walks back through
// all sagas in the order of their ids until it meets the one.
const listAbout = defineStatement<SagaRow>(
  "saga.list-about",
  `select ${COLUMNS} from (
     select * from sagas where id = $4::uuid
     union all select * from sagas where subject = $4::uuid and subject <> id) as about
   where ($1::text is null or status = $1 or $1 = 'open' and ended_at is null) and ($2::uuid is null or id < $2)
   order by id desc limit $3`,
);

export interface SagaQuery {
  /** `open`: all that have not ended. */
  readonly status?: SagaStatus | "open" | undefined;
  readonly subject?: string | undefined;
  /** The last id of the page before. */
  readonly before?: string | undefined;
  readonly limit: number;
}

const ENDED = new Set<string | undefined>([undefined, "completed", "rolled-back", "abandoned"]);

/** Newest first: ids are UUIDv7, so they sort by time. */
export const listSagas = (
  database: Runner,
  { status, subject, before, limit }: SagaQuery,
): Promise<SagaRow[]> => {
  if (subject !== undefined)
    return database.run(listAbout, [status ?? null, before ?? null, limit, subject]);
  const own = status === "open" ? null : (status ?? null);
  return database.run(ENDED.has(status) ? list : listUnended, [own, before ?? null, limit]);
};

const PAGE = 1_000;

/** To the end, by pages: however many there are, no statement answers with all. */
async function readAll<Row extends { readonly id: string }>(
  read: (after: string | null) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const page = await read(rows.at(-1)?.id ?? null);
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
}

const open = defineStatement<Pick<SagaRow, "id" | "subject" | "status" | "cause">>(
  "saga.open",
  `select id, subject, status, cause from sagas
   where ended_at is null and ($1::uuid is null or id > $1) order by id limit ${PAGE}`,
);

/** Those that have not ended, oldest first. */
export const listOpenSagas = (database: Runner) => readAll((after) => database.run(open, [after]));

const abandoned = defineStatement<{
  id: string;
  subject: string;
  reason: string;
  abandonedAt: Date;
}>(
  "saga.abandoned",
  `select id, subject, abandoned_reason as reason, ended_at as "abandonedAt" from sagas
   where status = 'abandoned' and ($1::uuid is null or id > $1) order by id limit ${PAGE}`,
);

/** Those that a person settled by hand, oldest first. */
export const listAbandonedSagas = (database: Runner) =>
  readAll((after) => database.run(abandoned, [after]));

const count = defineStatement<{ definition: string; status: SagaStatus; count: number }>(
  "saga.count",
  `select definition, status, count(*) as count from sagas where ended_at is null group by definition, status`,
);

/** How many have not ended, by definition and status. */
export const countOpenSagas = (database: Runner) => database.run(count, []);

const unfinished = defineStatement<{ definition: string; steps: string[] }>(
  "saga.unfinished",
  `select distinct definition, steps from sagas where ended_at is null`,
);

export const listUnfinishedShapes = (database: Runner) => database.run(unfinished, []);
