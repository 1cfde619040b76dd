// What is sent to a MongoDB that asks for a password. No such server is needed: the commands are as its manual has them
// (https://www.mongodb.com/docs/manual/reference/command/createUser/), the options as the driver reads them.
import { mongo } from "mongoose";
import { describe, expect, it } from "vitest";
import { StartError } from "#platform/kernel";
import { ensureUser, hasOnlyItsRoles, signInAs, userOf } from "./users.js";

const user = userOf("secret", "tiffin_inventory");
const rights = { pwd: user.password, roles: [{ role: "readWrite", db: "tiffin_inventory" }] };

const refused = (code: number, errmsg: string) => new mongo.MongoServerError({ code, errmsg });

/** A server that answers the commands one after the other. */
function answers(...errors: (Error | undefined)[]) {
  const sent: mongo.Document[] = [];
  const run = (command: mongo.Document) => {
    const error = errors[sent.length];
    sent.push(command);
    return error ? Promise.reject(error) : Promise.resolve({ ok: 1 });
  };
  return { sent, run };
}

describe("The user of a module", () => {
  it("has a password that only the secret and its own name give", () => {
    expect(user.password).toMatch(/^[\w-]{43}$/);
    expect(userOf("secret", "tiffin_inventory")).toEqual(user);
    expect(userOf("secret", "tiffin_vouchers").password).not.toBe(user.password);
    expect(userOf("other", "tiffin_inventory").password).not.toBe(user.password);
  });

  it("may read and write its own database and do nothing else", async () => {
    const { sent, run } = answers(refused(11, "User 'x' not found"));
    await ensureUser(user, run);
    expect(sent).toEqual([
      { updateUser: "tiffin_inventory", ...rights },
      { createUser: "tiffin_inventory", ...rights },
    ]);
  });

  it("is mended where it is there, and made once where two start together", async () => {
    const there = answers();
    await ensureUser(user, there.run);
    expect(there.sent).toHaveLength(1);
    const race = answers(refused(11, "not found"), refused(51_003, "already exists"));
    await expect(ensureUser(user, race.run)).resolves.toBeUndefined();
  });

  it("is made by an administrator where the user of MONGODB_URL may not: the sentence has the line to run", async () => {
    const { run } = answers(refused(13, "not authorized on tiffin_inventory"));
    const error = await ensureUser(user, run).catch((reason: unknown) => reason as Error);
    if (!(error instanceof StartError)) throw new Error("no sentence", { cause: error });
    expect(error.message).toMatch(/may not set up .*DATABASE_ROLES=shared/);
    const line = error.message.split("\n")[1] ?? "";
    // The line is run as mongosh would run it.
    const made: unknown[] = [];
    const database = {
      getUser: () => null,
      createUser: (document: unknown) => made.push(document),
    };
    // oxlint-disable-next-line no-implied-eval, no-new-func
    new Function("db", line)({ getSiblingDB: () => database });
    expect(made).toEqual([{ user: "tiffin_inventory", ...rights }]);
  });

  it("lets a lost connection be what it is", async () => {
    const lost = new mongo.MongoNetworkError("gone");
    await expect(ensureUser(user, answers(lost).run)).rejects.toBe(lost);
  });

  it("signs in as itself, whatever the address said", () => {
    for (const url of [
      "mongodb://root:p%40ss@one,two:27018/admin?authSource=admin&replicaSet=r&authMechanism=SCRAM-SHA-1",
      "mongodb://one,two:27018/?replicaSet=r",
    ]) {
      const { url: address, options } = signInAs(user, url);
      const client = new mongo.MongoClient(address, options);
      expect(client.options.credentials).toMatchObject({
        username: "tiffin_inventory",
        password: user.password,
        source: "tiffin_inventory",
        mechanism: "DEFAULT",
      });
      expect(client.options.hosts.map(String)).toEqual(["one:27017", "two:27018"]);
      expect(client.options.replicaSet).toBe("r");
    }
    expect(signInAs(user, "mongodb://a:b@host").url).toBe("mongodb://host");
  });

  it("is noticed when somebody gave it more", () => {
    const status = (...authenticatedUserRoles: { role: string; db: string }[]) => ({
      authInfo: { authenticatedUsers: [{}], authenticatedUserRoles },
    });
    const own = { role: "readWrite", db: "tiffin_inventory" };
    expect(hasOnlyItsRoles(status(own), "tiffin_inventory")).toBe(true);
    expect(hasOnlyItsRoles(status(own, { role: "root", db: "admin" }), "tiffin_inventory")).toBe(
      false,
    );
    expect(hasOnlyItsRoles(status(), "tiffin_inventory")).toBe(false);
  });
});
