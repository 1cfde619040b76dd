// The face of auth: signing in and out, approving in place, and who works here.
import { approvals } from "./contract/approvals.js";
import { changePassword, changePin, sessions } from "./contract/sessions.js";
import { devices, staff } from "./contract/staff.js";

export type { Staff } from "./contract/shapes.js";

export const contract = { sessions, changePin, changePassword, approvals, staff, devices };
