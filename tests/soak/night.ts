// Between two evenings: all that is finished grows older than anything is kept, so that a soak of minutes sees the purges
// of years. What is history (orders, lines, payments, movements, the audit chain) stays as it is.
import type { Stores } from "../crash/stores.js";

const AGE = "500 days";
const AGE_MS = 500 * 86_400_000;
const PAGE = 5_000;

/** Rows that must not pile up, by table. */
export async function countRows(stores: Stores): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { schema, table } of await passingTables(stores)) {
    const rows = await stores.read<{ count: number }>(
      `select count(*)::int as count from ${schema}.${table}`,
    );
    counts[table] = (counts[table] ?? 0) + (rows[0]?.count ?? 0);
  }
  for (const name of ["outbox_archive", "inbox", "inbox_failures"]) {
    counts[name] = (counts[name] ?? 0) + (await stores.collection(name).countDocuments());
  }
  return counts;
}

/** What autovacuum does within minutes, done now: how large a table is depends on it. */
export async function sweep(stores: Stores): Promise<void> {
  for (const { schema, table } of await passingTables(stores)) {
    await stores.read(`vacuum ${schema}.${table}`);
  }
}

/** Of the rows that must not pile up, and of the document store's files; dead rows and old versions count. */
export async function sizesMb(stores: Stores): Promise<{ passing: number; documents: number }> {
  const rows = await stores.read<{ bytes: string }>(
    `select sum(pg_total_relation_size(format('%I.%I', schemaname, tablename)::regclass)) as bytes
     from pg_tables where tablename in (${PASSING})`,
  );
  const mb = (bytes: number) => Math.round(bytes / 1_048_576);
  return { passing: mb(Number(rows[0]?.bytes)), documents: mb(await stores.documentsBytes()) };
}

const PASSING = "'outbox', 'outbox_archive', 'inbox', 'inbox_failures', 'sagas'";
const passingTables = (stores: Stores) =>
  stores.read<{ schema: string; table: string }>(
    `select schemaname as schema, tablename as table from pg_tables
     where tablename in (${PASSING}) order by 2, 1`,
  );

/** Only when all is quiet: what is on its way must not be forgotten. */
export async function letYearsPass(stores: Stores): Promise<void> {
  for (const { schema, table } of await passingTables(stores)) {
    if (table === "outbox_archive") {
      await stores.read(
        `update ${schema}.${table} set archived_at = archived_at - interval '${AGE}'`,
      );
    }
    if (table === "sagas") {
      await stores.read(`update ${schema}.${table} set ended_at = ended_at - interval '${AGE}'`);
    }
    // An event's age is in its id.
    if (table === "inbox") {
      await stores.read(`update ${schema}.${table} set event_id = uuidv7(interval '-${AGE}')`);
    }
  }
  for (const [name, field] of [
    ["outbox_archive", "archivedAt"],
    ["inbox", "storedAt"],
  ] as const) {
    const collection = stores.collection(name);
    const young = { [field]: { $gt: new Date(Date.now() - AGE_MS / 2) } };
    // In pages, as one long command keeps all others waiting.
    for (;;) {
      const page = await collection.find(young).project({ _id: 1 }).limit(PAGE).toArray();
      if (page.length === 0) break;
      await collection.updateMany({ _id: { $in: page.map(({ _id }) => _id) } }, [
        { $set: { [field]: { $subtract: [`$${field}`, AGE_MS] } } },
      ]);
    }
  }
}
