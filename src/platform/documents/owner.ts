// Whose data a database holds: noted in it, so that two restaurants whose addresses name one server do not sell each
// other's stock.
import type { mongo } from "mongoose";
import { StartError } from "#platform/kernel";
import { isDuplicateKey } from "./errors.js";

interface Note {
  readonly _id: "restaurant";
  readonly identity: string;
  readonly since: Date;
}

const notes = (db: mongo.Db) => db.collection<Note>("belongs_to");
const THE_ONE = { _id: "restaurant" } as const;

/** Notes that the database is this restaurant's, where nothing is noted yet, or where it is noted to be that of
 *  `adopts`: then it answers with true. Repeated: no change. @throws StartError when it is another one's */
export async function claim(db: mongo.Db, identity: string, adopts?: string): Promise<boolean> {
  const note = { identity, since: new Date() };
  const readOwner = async () => (await notes(db).findOne(THE_ONE))?.identity;
  await notes(db)
    .updateOne(THE_ONE, { $setOnInsert: note }, { upsert: true })
    .catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error; // another process that starts on the same data was first
    });
  if ((await readOwner()) === identity) return false;
  if (adopts !== undefined)
    await notes(db).updateOne({ ...THE_ONE, identity: adopts }, { $set: note });
  const owner = await readOwner();
  if (owner === identity) return true;
  throw new StartError(
    `The database ${db.databaseName} of the document store belongs to another restaurant (${owner}; the PostgreSQL database is that of ${identity}): correct MONGODB_URL, DATABASE_URL or DATA_DIR, so that each restaurant has both for itself, or, only where these two do belong together, as when one of them was restored alone, start once with ADOPT_DOCUMENTS_OF=${owner}.`,
  );
}

/** Before `target` is written over with `source`. @throws StartError when it holds another restaurant's data */
export async function refuseOtherOwner(source: mongo.Db, target: mongo.Db): Promise<void> {
  const [ours, theirs] = await Promise.all(
    [source, target].map((db) => notes(db).findOne(THE_ONE)),
  );
  if (!theirs || theirs.identity === ours?.identity) return;
  throw new StartError(
    `The database ${target.databaseName} of that MongoDB belongs to another restaurant: export to a MongoDB that no other one uses. Nothing was changed.`,
  );
}
