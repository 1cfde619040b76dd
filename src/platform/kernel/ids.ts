// Ids: UUIDv7 strings, so that they sort by the time they were made and index well.
import { v7 } from "uuid";
import { z } from "zod";

export const Uuid = z.uuid("An id is a UUID");

/** A new UUIDv7. */
export const newId = (): string => v7();
