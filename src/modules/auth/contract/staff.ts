// Routes of who works here, and of the devices on which a PIN is enough.
import { z } from "zod";
import { route } from "#platform/contract";
import { Uuid } from "#platform/kernel";
import { Name, Pin, Role, Staff, WEAK_PIN } from "./shapes.js";

const staffErrors = {
  NOT_FOUND: { status: 404, message: "There is no such person. Load the list again." },
  NAME_TAKEN: { status: 409, message: "Somebody here has this name already. Add an initial." },
  WEAK_PIN,
  VERSION_CONFLICT: {
    status: 409,
    message: "Somebody else changed this in the meantime. Load it again.",
    data: z.object({ currentVersion: z.int() }),
  },
  LAST_MANAGER: { status: 409, message: "This is the last manager. Make another one first." },
} as const;

export const staff = {
  list: route
    .meta({ permission: "staff.manage" })
    .route({ method: "GET", path: "/staff", summary: "Who works here" })
    .output(z.object({ items: z.array(Staff), nextCursor: z.null() })),
  create: route
    .meta({ permission: "staff.manage" })
    .route({
      method: "POST",
      path: "/staff",
      summary: "Add a person",
      description: "The PIN is for one sign-in: then they choose their own.",
      successStatus: 201,
    })
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
        pin: Pin.optional().meta({
          description: "Not your own. For one sign-in: then they choose their own",
        }),
        password: z.null().optional().meta({ description: "Null removes a manager's password" }),
        archived: z.boolean().optional(),
      }),
    )
    .output(Staff)
    .errors({
      ...staffErrors,
      OWN_PIN: {
        status: 409,
        message:
          "This PIN is your own, and is changed only by whoever knows the current one: use PUT /api/sessions/current/pin.",
      },
    }),
  signOut: route
    .meta({ permission: "staff.manage" })
    .route({
      method: "POST",
      path: "/staff/{id}/sign-out",
      summary: "Sign a person out everywhere",
      description:
        "For a screen that was left open. They can sign in again; repeated, it ends none.",
    })
    .input(z.strictObject({ id: Uuid }))
    .output(z.object({ ended: z.int() }))
    .errors({ NOT_FOUND: staffErrors.NOT_FOUND }),
};

export const devices = {
  list: route
    .meta({ permission: "staff.manage" })
    .route({ method: "GET", path: "/devices", summary: "Devices on which a PIN is enough" })
    .output(
      z.object({
        items: z.array(
          z.object({
            id: Uuid,
            addedBy: z.object({ id: Uuid, name: z.string() }),
            addedAt: z.iso.datetime(),
            address: z.string(),
            lastSeenAt: z.iso.datetime(),
          }),
        ),
        nextCursor: z.null(),
      }),
    ),
  remove: route
    .meta({ permission: "staff.manage" })
    .route({
      method: "DELETE",
      path: "/devices/{id}",
      summary: "Make a lost or stolen device a stranger's; who is signed in on it is signed out",
    })
    .input(z.strictObject({ id: Uuid }))
    .output(z.object({ ended: z.int() }))
    .errors({
      NOT_FOUND: { status: 404, message: "This device is not known here. Load the list again." },
    }),
};
