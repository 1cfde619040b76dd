// What the routes of auth have in common.
import { z } from "zod";
import { canBeSeen, text, Uuid } from "#platform/kernel";

export const Role = z.enum(["manager", "cashier", "kitchen"]);
export const Name = text(60).refine(canBeSeen, "A name needs something that can be seen");
export const Pin = z.string().regex(/^\d{4,12}$/, "A PIN has 4 to 12 digits");
/** As it was typed: whether it is right is another question. A name is kept in NFC, and keyboards write Burmese marks in
 *  another order. */
export const TypedName = z.string().normalize("NFC").min(1).max(60);
export const TypedSecret = z.string().min(1).max(200);

export const Staff = z.object({
  id: Uuid,
  name: z.string(),
  role: Role,
  mustChangePin: z.boolean(),
  hasPassword: z.boolean(),
  sample: z.boolean(),
  archived: z.boolean(),
  version: z.int(),
});
export type Staff = z.infer<typeof Staff>;

export const Me = Staff.pick({ id: true, name: true, role: true, mustChangePin: true }).extend({
  permissions: z.array(z.string()),
});

export const SIGN_IN_PAUSED = {
  status: 429,
  message: "Too many wrong guesses from here. Wait a moment and try again.",
  data: z.object({ retryAfterSeconds: z.int() }),
} as const;

/** The command-line tools of this machine act without one. */
export const NO_SESSION = {
  status: 409,
  message: "This token belongs to a program of this machine, not to a person. Sign in first.",
} as const;

export const WEAK_PIN = {
  status: 422,
  message: "This PIN is too easy to guess. Choose another.",
} as const;
