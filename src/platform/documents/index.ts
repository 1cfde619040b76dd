// MongoDB for modules: own database, own pool, acknowledged means durable. The only home of mongoose's connections.
export { type Documents, type DocumentsOptions, openDocuments } from "./connections.js";
export { isDuplicateKey } from "./errors.js";
export { refuseOtherOwner } from "./owner.js";
export { type GuardedUpdate, updateEach } from "./updates.js";
