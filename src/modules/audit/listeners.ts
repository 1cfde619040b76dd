// What audit hears: what people did, in every module. An action that it has no definition of becomes a dead letter, so
// that a module which is missing from `hears` of manifest.ts is found out and nothing goes unrecorded.
import { type ActionTaken, defineActionTaken, type EventEnvelope } from "#platform/kernel";
import { defineSubscription } from "#platform/outbox";
import { record } from "./commands.js";
import { AuditActionTaken } from "./events.js";
import type { AuditDatabase, AuditTransaction } from "./schema.js";

export const subscriptions = (database: AuditDatabase, modules: readonly string[]) => [
  defineSubscription<AuditTransaction>({
    name: "audit.record",
    events: [...modules.map(defineActionTaken), AuditActionTaken],
    patterns: ["*.action-taken.v1"],
    handle: (events, tx) => record(database, events as EventEnvelope<ActionTaken>[], tx),
  }),
];
