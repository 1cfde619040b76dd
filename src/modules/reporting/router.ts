// Between the contract and the module.
import { implementContract } from "#platform/http";
import { addEntry } from "./commands.js";
import { contract } from "./contract.js";
import { listEntries } from "./queries.js";
import type { ReportingDatabase } from "./repository.js";
import type { EntryRow } from "./schema.js";

const toEntry = ({ id, label, createdAt }: EntryRow) => ({
  id,
  label,
  createdAt: createdAt.toISOString(),
});

export function createRouter({
  database,
  clock,
}: {
  database: ReportingDatabase;
  clock: () => Date;
}) {
  const reporting = implementContract(contract);
  return reporting.router({
    add: reporting.add.handler(async ({ input }) =>
      toEntry(await addEntry(database, input.label, clock())),
    ),
    list: reporting.list.handler(async () => ({
      items: (await listEntries(database)).map(toEntry),
    })),
  });
}
