// Queries of known devices, no decision.
import type { Insertable } from "kysely";
import { defineStatement } from "#platform/db";
import type { AuthDatabase, AuthTransaction, DevicesTable, Handle } from "../schema.js";

const touch = defineStatement<{ id: string }>(
  "auth.find-device",
  `with found as (select id, last_seen_at from devices where token_hash = $1 and revoked_at is null),
   touched as (
     update devices set last_seen_at = $2 from found
     where devices.id = found.id and found.last_seen_at < $2::timestamptz - interval '1 minute')
   select id from found`,
);

/** The id of the known device with this token. That it was seen is written once a minute at most. */
export const findDevice = async (database: AuthDatabase, tokenHash: Buffer, now: Date) =>
  (await database.run(touch, [tokenHash, now]))[0]?.id;

/** Keeps it known until the transaction ends; undefined when it is not. */
export const lockDevice = (tx: AuthTransaction, id: string) =>
  tx
    .selectFrom("devices")
    .select("id")
    .where("id", "=", id)
    .where("revokedAt", "is", null)
    .forShare()
    .executeTakeFirst();

export const insertDevice = (tx: AuthTransaction, device: Insertable<DevicesTable>) =>
  tx.insertInto("devices").values(device).execute();

/** Those that are known, the one seen last first. */
export const listDevices = (handle: Handle) =>
  handle
    .selectFrom("devices")
    .innerJoin("staff", "staff.id", "addedBy")
    .select([
      "devices.id",
      "addedBy",
      "staff.name as addedByName",
      "addedAt",
      "address",
      "lastSeenAt",
    ])
    .where("revokedAt", "is", null)
    .orderBy("lastSeenAt", "desc")
    .limit(500)
    .execute();

/** Undefined when it is not known, or not any more. */
export const revokeDevice = (tx: AuthTransaction, id: string, now: Date) =>
  tx
    .updateTable("devices")
    .set({ revokedAt: now })
    .where("id", "=", id)
    .where("revokedAt", "is", null)
    .returning("id")
    .executeTakeFirst();
