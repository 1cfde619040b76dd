// Tells "the database does not answer" from a bug, without knowing either driver: by codes and names, through causes.

// Class 08: connection lost. 53: out of connections, disk or memory. 58: the disk fails. 57P0x: shutting down or
// starting. 57014, 55P03: our own time limits. https://www.postgresql.org/docs/current/errcodes-appendix.html
const SQLSTATE = /^(08...|53...|58...|57P0[1-5]|57014|55P03)$/;
const SYSTEM = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);
const MONGO =
  /^(Mongo(ose)?ServerSelectionError|MongoNetwork(Timeout)?Error|MongoNotConnectedError|MongoTopologyClosedError|Mongo\w*PoolCleared\w*Error|MongoWaitQueueTimeoutError)$/;
// pg has no codes for these.
const PG_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Client was closed)/;

const MAX_DEPTH = 5;

export function isStoreFailure(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > MAX_DEPTH) return false;
  const { code, syscall } = error as Error & { code?: unknown; syscall?: unknown };
  if (typeof code === "string") {
    if (SQLSTATE.test(code) || SYSTEM.has(code)) return true;
    if (code === "ENOENT" && syscall === "connect") return true;
  }
  if (MONGO.test(error.name) || PG_MESSAGE.test(error.message)) return true;
  if (error instanceof AggregateError) {
    return error.errors.some((inner) => isStoreFailure(inner, depth + 1));
  }
  return isStoreFailure(error.cause, depth + 1);
}
