// What `npm run staff` understands, and which requests it makes of it: for whoever runs this machine, when nobody who
// may manage staff can sign in any more.
import { randomInt } from "node:crypto";
import { UsageError } from "./arguments.js";
import type { Api } from "./server.js";
import { ApiError } from "./server.js";
import { renderTable } from "./table.js";

export const USAGE = `npm run staff -- list
npm run staff -- reset-pin "<name>"   gives this person a one-time PIN, for one who forgot theirs; it is shown once`;

interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly mustChangePin: boolean;
  /** Has a PIN of the sample, which everybody knows. */
  readonly sample: boolean;
  readonly hasPassword: boolean;
  readonly archived: boolean;
  readonly version: number;
}

/** @throws UsageError before anything is asked of the server */
export function readCommand(args: readonly string[]): (api: Api) => Promise<string> {
  const [command, name, ...rest] = args;
  if (command === "list" && name === undefined) return list;
  if (command !== "reset-pin") throw new UsageError(`There is no command "${args.join(" ")}".`);
  if (name === undefined || name.trim() === "") throw new UsageError("Say whose PIN it is.");
  if (rest.length > 0)
    throw new UsageError(
      `Write a name of several words in quotes: "${[name, ...rest].join(" ")}".`,
    );
  return (api) => resetPin(api, name.trim().normalize("NFC"));
}

const listActive = async (api: Api): Promise<Person[]> =>
  (await api.call<{ items: Person[] }>("GET", "/api/staff")).items.filter(
    ({ archived }) => !archived,
  );

async function list(api: Api): Promise<string> {
  const people = await listActive(api);
  if (people.length === 0) return "Nobody works here yet.";
  return renderTable(
    ["Name", "Role", "PIN", "Password"],
    people.map(({ name, role, mustChangePin, sample, hasPassword }) => [
      name,
      role,
      sample ? "the sample's, known to all" : mustChangePin ? "for one sign-in" : "their own",
      hasPassword ? "yes" : "–",
    ]),
  );
}

async function resetPin(api: Api, name: string): Promise<string> {
  const people = await listActive(api);
  const person = people.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!person) {
    const names = people.map((one) => one.name).join(", ");
    throw new Error(`Nobody here is called ${name}. There are: ${names || "none"}.`);
  }
  const pin = await setPin(api, person);
  return `One-time PIN of ${person.name}: ${pin}
It is shown only now and works once, from any device; then they choose their own. Their open sessions have ended, and the audit log tells of it.`;
}

const TRIES = 5;

/** Eight digits, so that it is good enough from anywhere. One that anybody would try first is refused by the server. */
async function setPin(api: Api, { id, version }: Person): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const pin = String(randomInt(10_000_000, 100_000_000));
    try {
      await api.call("PATCH", `/api/staff/${id}`, { version, pin });
      return pin;
    } catch (error) {
      const weak = error instanceof ApiError && error.code === "weak-pin";
      if (!weak || attempt === TRIES) throw error;
    }
  }
}
