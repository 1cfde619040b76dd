// Between the contract and the module.
import { implementContract } from "#platform/http";
import { contract } from "./contract.js";
import { listPage, readHead, verify } from "./queries.js";
import type { AuditDatabase } from "./schema.js";

export function createRouter(database: AuditDatabase) {
  const audit = implementContract(contract);
  return audit.router({
    list: audit.list.handler(({ input }) => listPage(database, input)),
    verify: audit.verify.handler(({ input: { head } }) =>
      verify(database, head === undefined ? [] : [readHead(head)]),
    ),
  });
}
