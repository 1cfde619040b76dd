// Pure decisions of auth: which role may do what, how long a wrong guess must wait, when a session is over.

export type Role = "manager" | "cashier" | "kitchen";

const KITCHEN = ["menu.read", "orders.read", "kitchen.read", "kitchen.advance", "stream.listen"];
const CASHIER = [...KITCHEN, "orders.place", "inventory.read", "restaurant.read"];
const MANAGER = [
  ...CASHIER,
  "orders.cancel",
  "inventory.edit",
  "inventory.adjust",
  "payments.read",
  "payments.refund",
  "restaurant.edit",
  "reporting.read",
  "staff.manage",
  "system.reconcile",
  "system.operate",
];

const PERMISSIONS: Readonly<Record<Role, ReadonlySet<string>>> = {
  manager: new Set(MANAGER),
  cashier: new Set(CASHIER),
  kitchen: new Set(KITCHEN),
};

export const permissionsOf = (role: Role): ReadonlySet<string> => PERMISSIONS[role];

/** Every permission that exists; a route that asks for another one could be used by nobody. */
export const allPermissions: ReadonlySet<string> = PERMISSIONS.manager;

export const IDLE_HOURS = 4;
export const ABSOLUTE_HOURS = 16;

const hours = (count: number) => count * 3_600_000;

/** A session ends after 4 hours without use, and after 16 hours in any case: one long working day. */
export function isSessionOver(session: { createdAt: Date; lastSeenAt: Date }, now: Date): boolean {
  return (
    now.getTime() - session.lastSeenAt.getTime() > hours(IDLE_HOURS) ||
    now.getTime() - session.createdAt.getTime() > hours(ABSOLUTE_HOURS)
  );
}

export interface Failures {
  readonly failures: number;
  readonly lastAt: Date;
}

/** Seconds until the next guess may be made: the first ones are free, then 2, 4, 8… up to 60. A four-digit PIN takes
 *  days to guess this way, and the right person never waits more than a minute. */
export function pauseSeconds({ failures, lastAt }: Failures, free: number, now: Date): number {
  if (failures < free) return 0;
  const pause = Math.min(60, 2 ** (failures - free + 1));
  return Math.max(0, Math.ceil((lastAt.getTime() + pause * 1000 - now.getTime()) / 1000));
}

export const FREE_GUESSES_PER_PERSON = 5;
export const FREE_GUESSES_PER_ADDRESS = 20;

const TOO_EASY = /^(\d)\1*$|^(0123|1234|2345|3456|4567|5678|6789)\d*$/;

/** Why a PIN is refused, or undefined when it is fine. */
export function pinFault(pin: string): string | undefined {
  if (!/^\d{4,12}$/.test(pin)) return "A PIN has 4 to 12 digits";
  if (TOO_EASY.test(pin))
    return "This PIN is among the first that anybody would try; choose another";
  return undefined;
}
