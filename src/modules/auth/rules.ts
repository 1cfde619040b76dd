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
  "audit.read",
  "system.events.discard",
  "system.events.pause",
  "system.events.read",
  "system.events.replay",
  "system.reconcile",
  "system.operate",
  "system.sagas.read",
  "system.sagas.operate",
];

const PERMISSIONS: Readonly<Record<Role, ReadonlySet<string>>> = {
  manager: new Set(MANAGER),
  cashier: new Set(CASHIER),
  kitchen: new Set(KITCHEN),
};

export const permissionsOf = (role: Role): ReadonlySet<string> => PERMISSIONS[role];

/** Every permission that exists; a route that asks for another one could be used by nobody. */
export const allPermissions: ReadonlySet<string> = PERMISSIONS.manager;

/** Whether a change of this person would leave nobody who can manage staff. */
export function leavesNoManager(
  managers: readonly string[],
  id: string,
  { archived, role }: { readonly archived?: boolean | undefined; readonly role?: Role | undefined },
): boolean {
  const leaves = archived === true || (role !== undefined && role !== "manager");
  return leaves && managers.length === 1 && managers[0] === id;
}

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
  const left = Math.ceil((lastAt.getTime() + pause * 1000 - now.getTime()) / 1000);
  // Longer than any pause: the clock was set back since. Nobody is to wait until it is there again.
  return left > pause ? 0 : Math.max(0, left);
}

/** Where a request comes from: this machine, a device that a manager made known, or anywhere else. */
export type Origin =
  | { readonly kind: "local" }
  | { readonly kind: "device"; readonly id: string }
  | { readonly kind: "stranger"; readonly address: string };

export interface GuessCounter {
  readonly subject: string;
  /** Wrong guesses without a pause. */
  readonly free: number;
  /** Counts guesses from many places. */
  readonly shared: boolean;
}

const FREE_PER_PERSON = 5;
export const FREE_PER_PLACE = 20;
const FREE_OF_STRANGERS = 20;

/** One for all spellings that PostgreSQL's lower() takes for one name: each of its own would have free guesses. It knows
 *  two letters otherwise than JavaScript. */
const folded = (name: string): string =>
  name.trim().toLowerCase().replaceAll("i\u0307", "i").replaceAll("ς", "σ");

/** What a guess counts for: first the place it comes from, and the person at that place. Strangers also count together
 *  for each person, since they can have many addresses; those counters bind nobody else, so they lock nobody out. */
export function guessCounters(origin: Origin, name: string): GuessCounter[] {
  const person = folded(name);
  const place =
    origin.kind === "stranger"
      ? `address:${origin.address}`
      : origin.kind === "device"
        ? `device:${origin.id}`
        : "local";
  return [
    { subject: place, free: FREE_PER_PLACE, shared: false },
    { subject: `${place} ${person}`, free: FREE_PER_PERSON, shared: false },
    ...(origin.kind === "stranger"
      ? [{ subject: `strangers ${person}`, free: FREE_OF_STRANGERS, shared: true }]
      : []),
  ];
}

/** A PIN that a program made and that opens only the door to changing it: long enough to be tried from anywhere. */
export const ONE_TIME_PIN_DIGITS = 8;

/** A PIN is short. From a place that nobody vouches for, only a one-time PIN of full length is good enough. */
export const isPinEnough = (
  origin: Origin,
  pin: string,
  { pinMustChange }: { readonly pinMustChange: boolean },
): boolean => origin.kind !== "stranger" || (pinMustChange && pin.length >= ONE_TIME_PIN_DIGITS);

/** Time to walk from the PIN sheet to the action. */
export const APPROVAL_SECONDS = 60;

const TOO_EASY = /^(\d)\1*$|^(0123|1234|2345|3456|4567|5678|6789)\d*$/;

/** Why a PIN is refused, or undefined when it is fine. */
export function pinFault(pin: string): string | undefined {
  if (!/^\d{4,12}$/.test(pin)) return "A PIN has 4 to 12 digits";
  if (TOO_EASY.test(pin))
    return "This PIN is among the first that anybody would try; choose another";
  return undefined;
}

const PASSWORD_LENGTH = 10;

/** Why a password is refused, or undefined when it is fine. Length is what counts, as NIST SP 800-63B says. */
export function passwordFault(password: string, name: string): string | undefined {
  if (Array.from(password).length < PASSWORD_LENGTH)
    return `A password has at least ${PASSWORD_LENGTH} characters; a few words are easy to remember`;
  const plain = password.toLowerCase();
  if (/^\d+$/.test(plain) || new Set(plain).size < 5 || COMMON.test(plain))
    return "This password is among the first that anybody would try; choose another";
  if (
    plain.includes(name.trim().toLowerCase()) &&
    plain.length < name.trim().length + PASSWORD_LENGTH
  )
    return "This password is mostly your name; choose another";
  return undefined;
}

const COMMON = /^(password|passw0rd|qwerty|letmein|tiffin|welcome|iloveyou|admin|abc)[\d\W]*\d*$/;
