// What audit tells: what people did to the events that it could not record. A leaf: it imports only the kernel.
import { defineActionTaken } from "#platform/kernel";

/** Somebody replayed or discarded an event of audit. It records its own as it does everybody's. */
export const AuditActionTaken = defineActionTaken("audit");
