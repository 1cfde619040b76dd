// Many guarded updates in one command. The driver's own bulkWrite measures and copies each statement first, which takes
// longer than the server needs for it.
import { mongo } from "mongoose";

export interface GuardedUpdate {
  readonly filter: mongo.Document;
  readonly update: mongo.Document;
}

/** One round trip; each statement is whole or not at all, and none waits for another's success. Answers how many found
 *  a document. @throws MongoServerError with the code of the first that failed, after all others were done */
export async function updateEach(
  database: mongo.Db,
  collection: string,
  statements: readonly GuardedUpdate[],
): Promise<number> {
  if (statements.length === 0) return 0;
  const updates = statements.map(({ filter, update }) => ({ q: filter, u: update }));
  const command: mongo.Document = { update: collection, updates, ordered: false };
  // A raw command inherits nothing: acknowledged must still mean on disk.
  if (database.writeConcern) mongo.WriteConcern.apply(command, database.writeConcern);
  const { n, writeErrors = [], writeConcernError } = await database.command(command);
  const failure = (writeErrors as mongo.Document[])[0] ?? (writeConcernError as mongo.Document);
  if (failure)
    throw new mongo.MongoServerError({ ...failure, message: failure["errmsg"] as string });
  return n as number;
}
