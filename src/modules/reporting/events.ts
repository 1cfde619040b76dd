// What reporting tells: what people did here. A leaf: it imports only the kernel.
import { defineActionTaken } from "#platform/kernel";

export const ReportingActionTaken = defineActionTaken("reporting");
