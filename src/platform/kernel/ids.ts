// Ids: UUIDv7 strings, so that they sort by the time they were made and index well.
import { v7 } from "uuid";
import { z } from "zod";

/** Small letters, as the databases have it: some clients write them large, and ids are compared as text. */
export const Uuid = z.uuid("An id is a UUID").toLowerCase();

/** A new UUIDv7. */
export const newId = (): string => v7();
