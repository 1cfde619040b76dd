// The embedded document store: what MongoDB's driver needs of a server, in a child process on a socket.
export { exportDocuments, type ExportProgress, type ExportReport } from "./export.js";
export { machineMegabytes, startDocumentStore, type DocumentStore } from "./supervisor.js";
