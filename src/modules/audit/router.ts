// Between the contract and the module.
import { implementContract } from "#platform/http";
import { addEntry } from "./commands.js";
import { contract } from "./contract.js";
import { listEntries } from "./queries.js";
import type { AuditDatabase } from "./repository.js";
import type { EntryRow } from "./schema.js";

const toEntry = ({ id, label, createdAt }: EntryRow) => ({
  id,
  label,
  createdAt: createdAt.toISOString(),
});

export function createRouter({ database, clock }: { database: AuditDatabase; clock: () => Date }) {
  const audit = implementContract(contract);
  return audit.router({
    add: audit.add.handler(async ({ input }) =>
      toEntry(await addEntry(database, input.label, clock())),
    ),
    list: audit.list.handler(async () => ({
      items: (await listEntries(database)).map(toEntry),
    })),
  });
}
