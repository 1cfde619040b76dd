// The face of auth: signing in and out, and who works here.
import { z } from "zod";
import { route } from "#platform/contract";
import { text, Uuid } from "#platform/kernel";

export const Role = z.enum(["manager", "cashier", "kitchen"]);
const Name = text(60).refine((value) => value.trim() !== "", "A name must not be empty");
const Pin = z.string().regex(/^\d{4,12}$/, "A PIN has 4 to 12 digits");

export const Staff = z.object({
  id: Uuid,
  name: z.string(),
  role: Role,
  mustChangePin: z.boolean(),
  sample: z.boolean(),
  archived: z.boolean(),
  version: z.int(),
});
export type Staff = z.infer<typeof Staff>;

const Me = Staff.pick({ id: true, name: true, role: true, mustChangePin: true }).extend({
  permissions: z.array(z.string()),
});

const staffErrors = {
  NOT_FOUND: { status: 404, message: "There is no such person. Load the list again." },
  NAME_TAKEN: { status: 409, message: "Somebody here has this name already. Add an initial." },
  WEAK_PIN: { status: 422, message: "This PIN is too easy to guess. Choose another." },
  VERSION_CONFLICT: {
    status: 409,
    message: "Somebody else changed this in the meantime. Load it again.",
    data: z.object({ currentVersion: z.int() }),
  },
  LAST_MANAGER: { status: 409, message: "This is the last manager. Make another one first." },
} as const;

export const contract = {
  sessions: {
    create: route
      .meta({ public: true })
      .route({
        method: "POST",
        path: "/sessions",
        summary: "Sign in with name and PIN",
        description: "Answers with a bearer token for programs and sets a cookie for screens.",
        successStatus: 201,
        outputStructure: "detailed",
      })
      .input(z.strictObject({ name: z.string().min(1).max(60), pin: z.string().min(1).max(60) }))
      .output(
        z.object({
          headers: z.object({ "set-cookie": z.string() }),
          body: z.object({ token: z.string(), staff: Me }),
        }),
      )
      .errors({
        SIGN_IN_FAILED: { status: 401, message: "The name or the PIN is wrong. Try again." },
        SIGN_IN_PAUSED: {
          status: 429,
          message: "Too many wrong PINs from here. Wait a moment and try again.",
          data: z.object({ retryAfterSeconds: z.int() }),
        },
        SAMPLE_STAFF_CLOSED: {
          status: 403,
          message:
            "The sample PINs are known to everybody and do not work while the server can be reached from the network. Give this person a PIN of their own.",
        },
      }),
    current: route
      .meta({})
      .route({ method: "GET", path: "/sessions/current", summary: "Who is signed in" })
      .output(Me),
    end: route
      .meta({})
      .route({
        method: "DELETE",
        path: "/sessions/current",
        summary: "Sign out",
        outputStructure: "detailed",
      })
      .output(z.object({ headers: z.object({ "set-cookie": z.string() }), body: z.object({}) })),
    endAll: route
      .meta({})
      .route({ method: "DELETE", path: "/sessions", summary: "Sign out everywhere" })
      .output(z.object({ ended: z.int() })),
  },
  changePin: route
    .meta({})
    .route({ method: "PUT", path: "/sessions/current/pin", summary: "Change your own PIN" })
    .input(z.strictObject({ currentPin: Pin, newPin: Pin }))
    .output(z.object({}))
    .errors({
      WEAK_PIN: staffErrors.WEAK_PIN,
      SIGN_IN_FAILED: { status: 401, message: "The current PIN is wrong. Try again." },
    }),
  staff: {
    list: route
      .meta({ permission: "staff.manage" })
      .route({ method: "GET", path: "/staff", summary: "Who works here" })
      .output(z.object({ items: z.array(Staff), nextCursor: z.null() })),
    create: route
      .meta({ permission: "staff.manage" })
      .route({ method: "POST", path: "/staff", summary: "Add a person", successStatus: 201 })
      .input(z.strictObject({ name: Name, role: Role, pin: Pin }))
      .output(Staff)
      .errors(staffErrors),
    update: route
      .meta({ permission: "staff.manage" })
      .route({ method: "PATCH", path: "/staff/{id}", summary: "Change or archive a person" })
      .input(
        z.strictObject({
          id: Uuid,
          version: z.int(),
          name: Name.optional(),
          role: Role.optional(),
          pin: Pin.optional(),
          archived: z.boolean().optional(),
        }),
      )
      .output(Staff)
      .errors(staffErrors),
  },
};
