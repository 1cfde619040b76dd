// What is read of one subject's sagas costs the same whatever else the table holds, also for an old one.
import { CompiledQuery, sql } from "kysely";
import { expect, it } from "vitest";
import type { Runner } from "#platform/db";
import { listAbandonedSagas, listOpenSagas, listSagas, type SagaQuery } from "./reads.js";
import { test, useSagas } from "./testing.js";

useSagas();

interface Plan {
  readonly "Actual Rows": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}
const rowsRead = (plan: Plan): number =>
  plan["Actual Rows"] +
  (plan["Rows Removed by Filter"] ?? 0) +
  (plan.Plans ?? []).reduce((total, one) => total + rowsRead(one), 0);

it("finds the sagas of an old subject without walking through all that came later", async () => {
  const { kysely } = test.database;
  await sql`insert into sagas (id, subject, definition, steps, idempotency_key, fingerprint, input, status, owner, ended_at)
    select id, case when n = 2 then lag(id) over (order by n) else id end, 'orders.test-saga.v1', '[]', id::text, '', '{}',
      case when n = 2 then 'running' else 'completed' end, id, case when n <> 2 then now() end
    from (select n, lpad(to_hex(n), 32, '0')::uuid as id from generate_series(1, 20000) as n) as made`.execute(
    kysely,
  );
  await sql`analyze sagas`.execute(kysely);
  const id = (n: number) => `00000000-0000-0000-0000-${String(n).padStart(12, "0")}`;
  const idsOf = async (query: Partial<SagaQuery>) => {
    const rows = await listSagas(test.database, { subject: id(1), limit: 50, ...query });
    return rows.map((row) => row.id);
  };
  expect(await idsOf({})).toEqual([id(2), id(1)]);
  expect(await idsOf({ limit: 1 })).toEqual([id(2)]);
  expect(await idsOf({ before: id(2) })).toEqual([id(1)]);
  expect(await idsOf({ status: "open" })).toEqual([id(2)]);
  expect(await idsOf({ status: "completed" })).toEqual([id(1)]);
  expect(await idsOf({ subject: id(2) })).toEqual([id(2)]);

  const explaining: Runner = {
    async run({ text }, values) {
      const explain = CompiledQuery.raw(`explain (analyze, format json) ${text}`, [...values]);
      return (await kysely.executeQuery(explain)).rows as never[];
    },
  };
  for (const limit of [1, 51]) {
    const [row] = await listSagas(explaining, { subject: id(1), limit });
    const [{ Plan: plan }] = Object.values(row as object)[0] as [{ Plan: Plan }];
    expect(rowsRead(plan)).toBeLessThan(20);
  }
});

it.each([
  ["running", listOpenSagas],
  ["abandoned", listAbandonedSagas],
] as const)("lists all that are %s, however many there are", async (status, listAll) => {
  await sql`delete from sagas`.execute(test.database.kysely);
  await sql`insert into sagas (id, subject, definition, steps, idempotency_key, fingerprint, input, status, owner, ended_at, abandoned_reason)
    select id, id, 'orders.test-saga.v1', '[]', id::text, '', '{}', ${status}, id,
      case ${status} when 'abandoned' then now() end, case ${status} when 'abandoned' then 'settled' end
    from (select lpad(to_hex(n), 32, '0')::uuid as id from generate_series(1, 2001) as n) as made`.execute(
    test.database.kysely,
  );
  const ids = (await listAll(test.database)).map((saga) => saga.id);
  expect(ids).toHaveLength(2001);
  expect(ids).toEqual([...new Set(ids)].toSorted());
});
