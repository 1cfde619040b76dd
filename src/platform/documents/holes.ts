// Tries whether a module's connection would let it out of its database, as the guard and the server stand now.
import type { Connection } from "mongoose";
import { BoundaryError } from "#platform/kernel";
import { hasOnlyItsRoles, statusOf } from "./users.js";

/** One sentence for each way out. What is sent elsewhere, should it leave the process, does nothing there. */
export async function findHoles(
  connection: Connection,
  database: string,
  signsIn: boolean,
): Promise<string[]> {
  const elsewhere = connection.getClient().db(`${database}_elsewhere`);
  const left = await elsewhere.command({ ping: 1 }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof BoundaryError) return false;
      throw error;
    },
  );
  const mayMore = signsIn && !hasOnlyItsRoles(await statusOf(connection), database);
  return [
    ...(left ? [`The connection of ${database} may use other databases`] : []),
    ...(mayMore ? [`The user ${database} may more or less than read and write its own`] : []),
  ];
}
