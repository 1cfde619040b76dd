// What the commands of auth work with, and how they tell what was done.
import type { ActionBy, EventEnvelope } from "#platform/kernel";
import { AuthActionTaken } from "../events.js";
import type { AuthDatabase, AuthTransaction, StaffRow } from "../schema.js";

export interface AuthParts {
  readonly database: AuthDatabase;
  readonly outbox: {
    add(tx: AuthTransaction, events: readonly EventEnvelope[]): Promise<void>;
    wake(): void;
  };
  readonly clock: () => Date;
  /** False where the network can reach the server: then the PINs that everybody knows do not work. */
  readonly sampleStaffAllowed: boolean;
}

/** Who asks, in which request. */
export interface By {
  readonly by: ActionBy;
  readonly trace: string | null;
}

export interface Action {
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string; readonly name?: string };
  readonly details?: Readonly<Record<string, unknown>>;
}

export const actionTaken = ({ by, trace }: By, at: Date, { details, ...action }: Action) =>
  AuthActionTaken.create(
    { ...by, ...action, at: at.toISOString(), ...(details && { details: { ...details } }) },
    { trace, occurredAt: at },
  );

export const staffSubject = ({ id, name }: Pick<StaffRow, "id" | "name">) =>
  ({ type: "staff", id, name }) as const;

export const personOf = ({ id, name, role }: Pick<StaffRow, "id" | "name" | "role">) => ({
  id,
  name,
  role,
});
