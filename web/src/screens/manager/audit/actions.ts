// What can stand in the audit log, by the names that modules tell it under. One that is not here is shown by its name.
import { isDate } from "../parts/dates.js";

export const ACTIONS = [
  "auth.sign-in",
  "auth.approve",
  "auth.pause-guessing",
  "auth.change-pin",
  "auth.change-password",
  "auth.sign-out-everywhere",
  "auth.add-device",
  "auth.remove-device",
  "staff.create",
  "staff.change",
  "staff.archive",
  "staff.sign-out",
  "orders.cancel",
  "kitchen.advance",
  "kitchen.recall",
  "kitchen.acknowledge",
  "payments.refund",
  "inventory.edit",
  "inventory.adjust",
  "restaurant.edit",
  "reporting.rebuild",
  "system.events.replay",
  "system.events.discard",
  "system.events.pause",
  "system.events.resume",
  "system.sagas.resume",
  "system.sagas.abandon",
] as const;
type Action = (typeof ACTIONS)[number];

export const isKnown = (action: string): action is Action =>
  ACTIONS.some((known) => known === action);

/** Two days, as dates in the restaurant's zone, as the instants from the first's start to the last's end; a day that is
 *  not given is no bound. `offsetAt` answers what to add to UTC there, in minutes. */
export function boundsOf(
  { from, to }: { readonly from: string; readonly to: string },
  offsetAt: (instant: Date) => number,
): { since?: string; until?: string } {
  const startOf = (date: string, addDays: number) => {
    const wall = new Date(`${date}T00:00:00Z`);
    wall.setUTCDate(wall.getUTCDate() + addDays);
    // Near enough for any zone; a clock that is turned at midnight itself moves the bound by its hour.
    return new Date(wall.getTime() - offsetAt(wall) * 60_000).toISOString();
  };
  return {
    ...(isDate(from) && { since: startOf(from, 0) }),
    ...(isDate(to) && { until: startOf(to, 1) }),
  };
}

/** What the clock of `timeZone` is ahead of UTC at an instant, in minutes. */
export function offsetMinutes(instant: Date, timeZone: string): number {
  const wall = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  }).format(instant);
  return Math.round((Date.parse(`${wall.replace(" ", "T")}Z`) - instant.getTime()) / 60_000);
}
