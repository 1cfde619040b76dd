// What contracts are made of: routes with typed errors, pages, cursors. A leaf: no I/O, and screens may import it.
import { oc, type AnyContractRouter, type ContractRouterClient } from "@orpc/contract";
import { ORPCError } from "@orpc/client";
import { z } from "zod";

/** Who may use a route. A route without `public` or `internal` needs a signed-in person. */
export interface RouteMeta {
  /** The permission that the caller needs; without one, being signed in is enough. */
  readonly permission?: string;
  /** Open to everybody. */
  readonly public?: true;
  /** For other modules only: not on the public HTTP face and not in /openapi.json. */
  readonly internal?: true;
}

export const route = oc.$meta<RouteMeta>({});

/** A module's face as another module calls it, in-process or remote. */
export type Face<Contract extends AnyContractRouter> = ContractRouterClient<Contract>;

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(500).optional().meta({ description: "`nextCursor` of the page before" }),
});

/** A keyset page; `nextCursor` is null on the last one. */
export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

/** Opaque to clients: where the next page begins. */
export const encodeCursor = (position: object): string =>
  Buffer.from(JSON.stringify(position)).toString("base64url");

/** @throws ORPCError INVALID_CURSOR when the cursor is not one of ours */
export function decodeCursor<Schema extends z.ZodType>(cursor: string, schema: Schema): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch {
    throw new ORPCError("INVALID_CURSOR", {
      status: 422,
      message: "This cursor is not one of ours. Start again from the first page.",
    });
  }
}

export interface TypedError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  readonly data?: unknown;
}

/** What a face answered as a typed error; undefined for a bug or a lost connection. */
export function errorOf(error: unknown): TypedError | undefined {
  if (!(error instanceof ORPCError)) return undefined;
  const { code, status, message, data } = error as ORPCError<string, unknown>;
  return { code, status, message, ...(data !== undefined && { data }) };
}
