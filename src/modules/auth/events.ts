// What auth tells: what people did here. A leaf: it imports only the kernel.
import { defineActionTaken } from "#platform/kernel";

/** Staff, PINs, passwords, devices, sign-ins and approvals. */
export const AuthActionTaken = defineActionTaken("auth");
