// Where the server asks for a password: a user for each module, who may read and write the module's own database and
// nothing else. It is made and mended at the start by the user of MONGODB_URL, or by hand, as the refusal says.
import { createHmac } from "node:crypto";
import { type Connection, type ConnectOptions, mongo } from "mongoose";
import { StartError } from "#platform/kernel";
import { codeOf } from "./errors.js";

/** A database's own user is called like the database, and is known only there. */
export interface ModuleUser {
  readonly database: string;
  readonly password: string;
}

/** The same secret gives the same password, so nothing needs to be stored. */
export const userOf = (secret: string, database: string): ModuleUser => ({
  database,
  password: createHmac("sha256", secret).update(`mongodb:${database}`).digest("base64url"),
});

const rolesOf = (database: string) => [{ role: "readWrite", db: database }];

/** Without the credentials of `url`, whatever their mechanism. */
export function signInAs(
  { database, password }: ModuleUser,
  url: string,
): { url: string; options: ConnectOptions } {
  const [base = "", query = ""] = url.replace(/^(mongodb(?:\+srv)?:\/\/)[^@/]*@/, "$1").split("?");
  const rest = query.split("&").filter((one) => one !== "" && !/^auth/i.test(one));
  return {
    url: rest.length > 0 ? `${base}?${rest.join("&")}` : base,
    options: { auth: { username: database, password }, authSource: database },
  };
}

/** As the server tells it to anybody who is signed in: `{ connectionStatus: 1 }`. */
export interface ConnectionStatus {
  readonly authInfo: {
    readonly authenticatedUsers: readonly object[];
    readonly authenticatedUserRoles: readonly { role: string; db: string }[];
  };
}

export const statusOf = (connection: Connection) =>
  databaseOf(connection).command({ connectionStatus: 1 }) as Promise<ConnectionStatus>;

export function databaseOf({ db }: Connection) {
  if (!db) throw new Error("The connection is open, so it has a database");
  return db;
}

export const hasOnlyItsRoles = ({ authInfo }: ConnectionStatus, database: string): boolean =>
  JSON.stringify(authInfo.authenticatedUserRoles.map(({ role, db }) => ({ role, db }))) ===
  JSON.stringify(rolesOf(database));

// https://www.mongodb.com/docs/manual/reference/error-codes/: UserNotFound, and a user that is there already.
const NOT_FOUND = 11;
const EXISTS = 51_003;

/** Makes the user, or gives it its password and roles again. `run` runs a command in the user's database.
 *  @throws StartError with what an administrator types when the user of MONGODB_URL may not */
export async function ensureUser(
  { database, password }: ModuleUser,
  run: (command: mongo.Document) => Promise<unknown>,
): Promise<void> {
  const rights = { pwd: password, roles: rolesOf(database) };
  try {
    await run({ updateUser: database, ...rights }).catch(async (error: unknown) => {
      if (codeOf(error) !== NOT_FOUND) throw error;
      await run({ createUser: database, ...rights }).catch((failed: unknown) => {
        if (codeOf(failed) !== EXISTS) throw failed; // another Tiffin that starts on the same data was first
      });
    });
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError)) throw error;
    const user = JSON.stringify({ user: database, ...rights });
    throw new StartError(
      `The user of MONGODB_URL may not set up the user that keeps ${database} apart (${error.message}): have an administrator run this in mongosh and start again (the line holds the password), or set DATABASE_ROLES=shared to go without that protection.\n  const own = db.getSiblingDB("${database}"), user = ${user}; own.getUser(user.user) ? own.updateUser(user.user, { pwd: user.pwd, roles: user.roles }) : own.createUser(user);`,
      { cause: error },
    );
  }
}
