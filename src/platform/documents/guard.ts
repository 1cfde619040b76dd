// Keeps a module's connection in its own database, whatever server it is. The driver tells its listeners of each command
// before it writes it, and what a listener throws is the command's answer: a refused one never leaves the process.
import type { Connection } from "mongoose";
import { BoundaryError, type Ownership, wayTo } from "#platform/kernel";

/** MongoDB's own code for it. https://www.mongodb.com/docs/manual/reference/error-codes/ */
const UNAUTHORIZED = 13;

/** What the driver itself sends to `admin` in the course of a session. */
const OF_SESSIONS = new Set(["endSessions", "commitTransaction", "abortTransaction"]);

type Command = Readonly<Record<string, unknown>>;

interface Place {
  readonly database: string;
  readonly collection?: string | undefined;
}

export interface GuardOptions extends Ownership {
  readonly module: string;
  /** Names of databases begin with it. */
  readonly prefix: string;
}

/** Needs `monitorCommands`, or it would hear of nothing. */
export function guardConnection(connection: Connection, options: GuardOptions): void {
  const own = `${options.prefix}${options.module}`;
  connection.getClient().on("commandStarted", ({ databaseName, commandName, command }) => {
    const foreign = findForeign(own, databaseName, commandName, command);
    if (foreign) throw refusal(options, foreign);
  });
}

/** The first place outside `own` that the command would read or write. */
export function findForeign(
  own: string,
  database: string,
  name: string,
  command: Command,
): Place | undefined {
  if (database !== own && !OF_SESSIONS.has(name)) {
    const target = command[name];
    return { database, collection: typeof target === "string" ? target : undefined };
  }
  const explained = command["explain"] as Command | undefined;
  const { pipeline, out } = explained?.["aggregate"] === undefined ? command : explained;
  return placesIn([pipeline, { $out: out }]).find((place) => place.database !== own);
}

// Of these stages each can name a database: as it is, or as `into` or `from`.
const REACHING = ["$out", "$merge", "$lookup", "$graphLookup", "$unionWith"];

function placesIn(value: unknown): Place[] {
  if (value === null || typeof value !== "object") return [];
  const stages = value as Command;
  const named = REACHING.flatMap((stage) => {
    const target = stages[stage] as Command | undefined;
    return [target, target?.["into"], target?.["from"]].flatMap((one) => {
      const { db, coll } = (one ?? {}) as { db?: unknown; coll?: unknown };
      return typeof db === "string" ? [{ database: db, collection: coll as string }] : [];
    });
  });
  return [...named, ...Object.values(value).flatMap(placesIn)];
}

function refusal(options: GuardOptions, { database, collection }: Place): BoundaryError {
  const { module, prefix, manifest } = options;
  const owner = database.startsWith(prefix) ? database.slice(prefix.length) : "";
  const [what, way] =
    owner in manifest
      ? [collection ? `${owner}.${collection}` : owner, wayTo(options, module, owner)]
      : [database, `Its connection is for its own database, \`${prefix}${module}\`.`];
  return new BoundaryError(`\`${module}\` may not use \`${what}\`. ${way}`, UNAUTHORIZED);
}
