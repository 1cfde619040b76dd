// Servers that need no installation: PostgreSQL and the document store as children, their files in one data folder.
export { FolderInUse, openDataFolder, type DataFolder } from "./data-folder.js";
export {
  exportDocuments,
  machineMegabytes,
  startDocumentStore,
  type DocumentStore,
} from "./documents/index.js";
export { startEmbeddedPostgres, type EmbeddedPostgres } from "./postgres/index.js";
