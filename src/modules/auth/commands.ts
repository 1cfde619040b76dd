// Signing in and out, and managing who works here. PINs are hashed with argon2id, tokens stored as SHA-256 only.
import { createHash, randomBytes, randomInt } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { newId } from "#platform/kernel";
import * as repository from "./repository.js";
import {
  FREE_GUESSES_PER_ADDRESS,
  FREE_GUESSES_PER_PERSON,
  pauseSeconds,
  pinFault,
  type Role,
} from "./rules.js";
import type { AuthDatabase, StaffRow } from "./schema.js";

// OWASP's second recommendation for argon2id (19 MiB, 2 passes): https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
const ARGON = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export const hashPin = (pin: string): Promise<string> => hash(pin, ARGON);
export const hashToken = (token: string): Buffer => createHash("sha256").update(token).digest();

let decoy: Promise<string> | undefined;

/** Takes as long for a name that does not exist, so that names cannot be found out by the clock. */
async function isPin(staff: StaffRow | undefined, pin: string): Promise<boolean> {
  decoy ??= hashPin(randomBytes(8).toString("hex"));
  const matches = await verify(staff?.pinHash ?? (await decoy), pin);
  return staff !== undefined && matches;
}

export type SignIn =
  | { readonly kind: "signed-in"; readonly token: string; readonly staff: StaffRow }
  | { readonly kind: "failed" }
  | { readonly kind: "sample-closed" }
  | { readonly kind: "paused"; readonly retryAfterSeconds: number };

export interface SignInRequest {
  readonly name: string;
  readonly pin: string;
  readonly address: string;
  readonly now: Date;
  /** False where the network can reach the server: then the PINs that everybody knows do not work. */
  readonly sampleStaffAllowed: boolean;
}

/** A guess is counted before the PIN is looked at, so guesses made at the same time all count. */
export async function signIn(database: AuthDatabase, request: SignInRequest): Promise<SignIn> {
  const { name, pin, address, now } = request;
  const byAddress = `address:${address}`;
  const byPerson = `person:${name.trim().toLowerCase()}@${address}`;
  const known = await repository.findFailures(database, [byAddress, byPerson]);
  const pauses = known.map((failures) =>
    pauseSeconds(
      failures,
      failures.subject === byAddress ? FREE_GUESSES_PER_ADDRESS : FREE_GUESSES_PER_PERSON,
      now,
    ),
  );
  const retryAfterSeconds = Math.max(0, ...pauses);
  if (retryAfterSeconds > 0) return { kind: "paused", retryAfterSeconds };
  await repository.countFailures(database, [byAddress, byPerson], now);

  const staff = await repository.findActiveByName(database, name.trim());
  if (!(await isPin(staff, pin)) || !staff) return { kind: "failed" };
  await repository.forgetFailures(database, [byAddress, byPerson]);
  if (staff.sample && !request.sampleStaffAllowed) return { kind: "sample-closed" };
  const token = randomBytes(32).toString("base64url");
  await repository.insertSession(database, {
    id: newId(),
    tokenHash: hashToken(token),
    staffId: staff.id,
    address,
  });
  return { kind: "signed-in", token, staff };
}

/** Ends one session, or all of a person. Answers with the ids of those that were open. */
export const endSessions = (
  database: AuthDatabase,
  by: { readonly id: string } | { readonly staffId: string },
): Promise<string[]> => repository.endSessions(database, by);

export interface StaffEdit {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly pin?: string | undefined;
  readonly archived?: boolean | undefined;
}

export type StaffResult =
  | { readonly kind: "done"; readonly row: StaffRow }
  | { readonly kind: "weak-pin"; readonly fault: string }
  | { readonly kind: "stale"; readonly currentVersion: number }
  | { readonly kind: "not-found" | "last-manager" | "name-taken" };

export async function addStaff(
  database: AuthDatabase,
  { name, role, pin }: { name: string; role: Role; pin: string },
): Promise<StaffResult> {
  const fault = pinFault(pin);
  if (fault !== undefined) return { kind: "weak-pin", fault };
  const row = await repository.insertStaff(database, {
    id: newId(),
    name: name.trim(),
    role,
    pinHash: await hashPin(pin),
  });
  return row ? { kind: "done", row } : { kind: "name-taken" };
}

/** A PIN that somebody else chose is for one sign-in: its owner must change it. */
export async function changeStaff(
  database: AuthDatabase,
  { id, version, by, now }: { id: string; version: number; by: string; now: Date },
  { name, role, pin, archived }: StaffEdit,
): Promise<StaffResult> {
  const current = await repository.findStaff(database, id);
  if (!current) return { kind: "not-found" };
  const fault = pin === undefined ? undefined : pinFault(pin);
  if (fault !== undefined) return { kind: "weak-pin", fault };
  const result = await repository.updateStaff(database, id, version, {
    ...(name !== undefined && { name: name.trim() }),
    ...(role !== undefined && { role }),
    ...(archived !== undefined && { archivedAt: archived ? now : null }),
    ...(pin !== undefined && {
      pinHash: await hashPin(pin),
      pinMustChange: by !== id,
      sample: false,
    }),
  });
  if (result.kind === "updated") return { kind: "done", row: result.row };
  if (result.kind === "stale") return { kind: "stale", currentVersion: current.version };
  return { kind: result.kind };
}

/** Old sessions and counts leave. */
export const purge = (database: AuthDatabase): Promise<void> => repository.purge(database);

/** False when the current PIN is wrong. */
export async function changeOwnPin(
  database: AuthDatabase,
  staffId: string,
  { currentPin, newPin }: { currentPin: string; newPin: string },
): Promise<boolean> {
  const staff = await repository.findStaff(database, staffId);
  if (!staff || !(await isPin(staff, currentPin))) return false;
  await repository.setOwnPin(database, staffId, await hashPin(newPin));
  return true;
}

const SAMPLE: readonly { name: string; role: Role; pin: string }[] = [
  { name: "Manager", role: "manager", pin: "1111" },
  { name: "Cashier", role: "cashier", pin: "2222" },
  { name: "Kitchen", role: "kitchen", pin: "3333" },
];

/** Adds the sample restaurant's three people where nobody works yet. Repeated: no change. */
export async function addSampleStaff(database: AuthDatabase): Promise<void> {
  if ((await repository.countStaff(database)) > 0) return;
  for (const { name, role, pin } of SAMPLE) {
    await repository.insertStaff(database, {
      id: newId(),
      name,
      role,
      pinHash: await hashPin(pin),
      sample: true,
    });
  }
}

/** Where nobody works yet, makes one manager; answers with the one-time PIN, which is shown once and stored nowhere.
 *  As long as nobody has used it, each call gives a new one: the last may never have been seen. */
export async function addFirstManager(
  database: AuthDatabase,
): Promise<{ name: string; pin: string } | undefined> {
  const [known, ...others] = await repository.listStaff(database);
  if (others.length > 0 || known?.pinMustChange === false) return undefined;
  const pin = String(randomInt(10_000_000, 100_000_000));
  const name = known?.name ?? "Manager";
  const pinHash = await hashPin(pin);
  if (known) {
    const change = { pinHash, pinMustChange: true };
    const { kind } = await repository.updateStaff(database, known.id, known.version, change);
    return kind === "updated" ? { name, pin } : undefined;
  }
  await repository.insertStaff(database, {
    id: newId(),
    name,
    role: "manager",
    pinHash,
    pinMustChange: true,
  });
  return { name, pin };
}
