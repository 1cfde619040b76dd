// The first people of a restaurant: the sample's three, or one manager with a one-time PIN.
import { randomInt } from "node:crypto";
import { newId } from "#platform/kernel";
import { insertStaff, listActive, listStaff, lockStaff, updateStaff } from "../repository/staff.js";
import { ONE_TIME_PIN_DIGITS, type Role } from "../rules.js";
import type { AuthParts } from "./parts.js";
import { hashSecret } from "./secrets.js";

const SAMPLE: readonly { name: string; role: Role; pin: string }[] = [
  { name: "Manager", role: "manager", pin: "1111" },
  { name: "Cashier", role: "cashier", pin: "2222" },
  { name: "Kitchen", role: "kitchen", pin: "3333" },
];

export const samplePinOf = (name: string): string | undefined =>
  SAMPLE.find((one) => one.name === name)?.pin;

/** Adds the sample restaurant's three people where nobody works yet. Repeated: no change. */
export async function addSampleStaff({ database }: Pick<AuthParts, "database">): Promise<void> {
  if ((await listStaff(database.kysely)).length > 0) return;
  const people = await Promise.all(
    SAMPLE.map(async ({ name, role, pin }) => ({ name, role, pinHash: await hashSecret(pin) })),
  );
  // All or none: a start that is killed in between would leave the others missing for good.
  await database.transaction(async (tx) => {
    for (const person of people) await insertStaff(tx, { id: newId(), ...person, sample: true });
  });
}

/** Where no manager could sign in, gives one a one-time PIN, which is shown once and stored nowhere: where nobody works
 *  yet, and where the only ones are the sample's and the network can reach the server. As long as it was not used, each
 *  call gives a new one: the last may never have been seen. */
export async function addFirstManager({
  database,
  sampleStaffAllowed,
}: Pick<AuthParts, "database" | "sampleStaffAllowed">): Promise<
  { name: string; pin: string } | undefined
> {
  const managers = (await listActive(database.kysely)).filter((row) => row.role === "manager");
  const able = managers.some((row) => !row.pinMustChange && (sampleStaffAllowed || !row.sample));
  if (able || managers.some((row) => row.passwordHash !== null)) return undefined;
  const low = 10 ** (ONE_TIME_PIN_DIGITS - 1);
  const pin = String(randomInt(low, low * 10));
  const pinHash = await hashSecret(pin);
  const [known] = managers;
  if (known) {
    await database.transaction(async (tx) => {
      await lockStaff(tx, known.id);
      await updateStaff(tx, known.id, { pinHash, pinMustChange: true, sample: false });
    });
    return { name: known.name, pin };
  }
  const manager = { id: newId(), name: "Manager", role: "manager", pinHash, pinMustChange: true };
  await insertStaff(database.kysely, { ...manager, role: "manager" });
  return { name: manager.name, pin };
}
