// Routes of signing in and out, and of what one signs in with.
import { z } from "zod";
import { route } from "#platform/contract";
import { Uuid } from "#platform/kernel";
import {
  Me,
  NO_SESSION,
  Pin,
  Role,
  SIGN_IN_PAUSED,
  TypedName,
  TypedSecret,
  WEAK_PIN,
} from "./shapes.js";

const SetCookies = z.object({ "set-cookie": z.array(z.string()) });
const WRONG = { status: 401, message: "The current PIN or password is wrong. Try again." } as const;

/** `one` or `other`, and not both. */
const eitherOf =
  (one: string, other: string) =>
  (value: Readonly<Record<string, unknown>>): boolean =>
    (value[one] === undefined) !== (value[other] === undefined);

export const sessions = {
  options: route
    .meta({ public: true })
    .route({
      method: "GET",
      path: "/sessions/options",
      summary: "How one can sign in from here, and who works here",
      description:
        "On this machine and on a known device: `with` is `pin`, and everybody who works here is listed for the PIN pad. Anywhere else it is `password`, and nobody is listed. `samplePins` are given as long as the sample staff can use them.",
    })
    .output(
      z.object({
        with: z.enum(["pin", "password"]),
        staff: z.array(z.object({ id: Uuid, name: z.string(), role: Role })),
        samplePins: z.array(z.object({ name: z.string(), pin: z.string() })).optional(),
      }),
    ),
  create: route
    .meta({ public: true, maxBodyBytes: 4_000 })
    .route({
      method: "POST",
      path: "/sessions",
      summary: "Sign in with name and PIN, or with name and password",
      description:
        "Answers with a bearer token for programs and sets a cookie for screens. A session that the request comes with is replaced. A PIN is enough on this machine and on known devices; anywhere else a manager signs in with a password, and `rememberDevice` makes the device known.",
      successStatus: 201,
      outputStructure: "detailed",
    })
    .input(
      z
        .strictObject({
          name: TypedName,
          pin: TypedSecret.optional(),
          password: TypedSecret.optional(),
          rememberDevice: z.boolean().default(false).meta({
            description: "From now on a PIN is enough on this device. Only a manager makes it so.",
          }),
        })
        .refine(eitherOf("pin", "password"), "Give a PIN or a password"),
    )
    .output(
      z.object({
        headers: SetCookies,
        body: z.object({ token: z.string(), staff: Me }),
      }),
    )
    .errors({
      SIGN_IN_FAILED: {
        status: 401,
        message: "The name does not go with this PIN or password. Try again.",
      },
      SIGN_IN_PAUSED,
      PASSWORD_REQUIRED: {
        status: 403,
        message:
          "On a device that is not known here a PIN is not enough. Have a manager sign in with name and password and make this device known.",
      },
      SAMPLE_STAFF_CLOSED: {
        status: 403,
        message:
          "The sample PINs are known to everybody and do not work while the server can be reached from the network. Give this person a PIN of their own.",
      },
    }),
  current: route
    .meta({ beforePinChange: true })
    .route({ method: "GET", path: "/sessions/current", summary: "Who is signed in" })
    .output(Me)
    .errors({ NO_SESSION }),
  end: route
    .meta({ beforePinChange: true })
    .route({
      method: "DELETE",
      path: "/sessions/current",
      summary: "Sign out",
      outputStructure: "detailed",
    })
    .output(z.object({ headers: SetCookies, body: z.object({}) })),
  endAll: route
    .meta({})
    .route({ method: "DELETE", path: "/sessions", summary: "Sign out everywhere" })
    .output(z.object({ ended: z.int() })),
};

export const changePin = route
  .meta({ beforePinChange: true })
  .route({
    method: "PUT",
    path: "/sessions/current/pin",
    summary: "Change your own PIN; your other sessions end",
  })
  .input(z.strictObject({ currentPin: Pin, newPin: Pin }))
  .output(z.object({}))
  .errors({ WEAK_PIN, SIGN_IN_FAILED: WRONG, SIGN_IN_PAUSED, NO_SESSION });

export const changePassword = route
  .meta({ permission: "staff.manage" })
  .route({
    method: "PUT",
    path: "/sessions/current/password",
    summary: "Set or change your own password; your other sessions end",
  })
  .input(
    z
      .strictObject({
        currentPin: Pin.optional(),
        currentPassword: TypedSecret.optional(),
        newPassword: TypedSecret,
      })
      .refine(
        eitherOf("currentPin", "currentPassword"),
        "Give the current PIN or the current password",
      ),
  )
  .output(z.object({}))
  .errors({
    WEAK_PASSWORD: {
      status: 422,
      message: "This password is too easy to guess. Choose another.",
    },
    SIGN_IN_FAILED: WRONG,
    SIGN_IN_PAUSED,
    NO_SESSION,
  });
