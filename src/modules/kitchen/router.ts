// Between the contract and the module.
import { implementContract } from "#platform/http";
import { addEntry } from "./commands.js";
import { contract } from "./contract.js";
import { listEntries } from "./queries.js";
import type { KitchenDatabase } from "./repository.js";
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
  database: KitchenDatabase;
  clock: () => Date;
}) {
  const kitchen = implementContract(contract);
  return kitchen.router({
    add: kitchen.add.handler(async ({ input }) =>
      toEntry(await addEntry(database, input.label, clock())),
    ),
    list: kitchen.list.handler(async () => ({
      items: (await listEntries(database)).map(toEntry),
    })),
  });
}
