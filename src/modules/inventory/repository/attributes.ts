// Queries of the attribute schema: one document.
import { isDuplicateKey } from "#platform/documents";
import type { PendingEvent } from "#platform/outbox";
import type { AttributeField, AttributeSchemaDocument, InventoryModels } from "../schema.js";

const ID = "products";

/** Version 0 and no fields where nobody made one yet. */
export async function findAttributeSchema({
  attributeSchemas,
}: InventoryModels): Promise<Omit<AttributeSchemaDocument, "outbox">> {
  const stored = await attributeSchemas
    .findById(ID)
    .select({ outbox: 0 })
    .lean<AttributeSchemaDocument | null>();
  return stored ?? { _id: ID, version: 0, fields: [] };
}

/** False when it is no longer at `version`. The events leave with the change. */
export async function replaceAttributeSchema(
  { attributeSchemas }: InventoryModels,
  version: number,
  fields: readonly AttributeField[],
  events: readonly PendingEvent[],
): Promise<boolean> {
  if (version > 0) {
    const { matchedCount } = await attributeSchemas.updateOne(
      { _id: ID, version },
      {
        $set: { fields, version: version + 1 },
        $push: { outbox: { $each: [...events] } },
      },
    );
    return matchedCount === 1;
  }
  try {
    await attributeSchemas.insertMany([
      { _id: ID, version: 1, fields: [...fields], outbox: [...events] },
    ]);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
