// Refusals as contracts declare them, and as callers read them. A bug is no refusal: it stays a plain error.
import { ORPCError } from "@orpc/contract";
import { z } from "zod";

/** One thing that is wrong with an input: where (dotted path, empty for the whole) and what, in words. */
export const InputFault = z.object({ path: z.string(), message: z.string() });
export type InputFault = z.infer<typeof InputFault>;

/** What any route can answer, whatever its contract declares. */
export const commonErrors = {
  INVALID_INPUT: {
    status: 422,
    message:
      "Some values are not acceptable. Each is listed with what is wrong; correct them and send again.",
    data: z.object({ errors: z.array(InputFault) }),
  },
  INVALID_HEADERS: {
    status: 400,
    message:
      "A header that this request needs is missing or wrong. Each is listed with its remedy.",
    data: z.object({ errors: z.array(InputFault) }),
  },
  STORE_UNAVAILABLE: {
    status: 503,
    message: "A database does not answer. Nothing was lost; please try again in a moment.",
  },
} as const;

/** A typed answer other than success, as a caller of a face or a saga needs it. */
export interface TypedRefusal {
  /** UPPER_SNAKE, as in the contract. */
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly data: unknown;
}

/** The refusal that a face's contract declares, or null for anything else (a bug, a lost connection). */
export function errorOf(error: unknown): TypedRefusal | null {
  if (!(error instanceof ORPCError) || !error.defined) return null;
  const { code, status, message, data } = error as ORPCError<string, unknown>;
  return { code, status, message, data };
}

/** Refuses an input for a reason that no schema can know. */
export const invalidInput = (...errors: InputFault[]): Error =>
  new ORPCError("INVALID_INPUT", {
    defined: true,
    status: commonErrors.INVALID_INPUT.status,
    message: commonErrors.INVALID_INPUT.message,
    data: { errors },
  });

/** How a code looks outside: `INSUFFICIENT_STOCK` is `insufficient-stock`. */
export const problemCode = (code: string): string => code.toLowerCase().replaceAll("_", "-");
