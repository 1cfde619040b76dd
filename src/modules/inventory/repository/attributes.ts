// Queries of the attribute schema: one document.
import { isDuplicateKey } from "#platform/documents";
import type { AttributeField, AttributeSchemaDocument, InventoryModels } from "../schema.js";

const ID = "products";

/** Version 0 and no fields where nobody made one yet. */
export async function findAttributeSchema({
  attributeSchemas,
}: InventoryModels): Promise<AttributeSchemaDocument> {
  const stored = await attributeSchemas.findById(ID).lean<AttributeSchemaDocument | null>();
  return stored ?? { _id: ID, version: 0, fields: [] };
}

/** False when it is no longer at `version`. */
export async function replaceAttributeSchema(
  { attributeSchemas }: InventoryModels,
  version: number,
  fields: readonly AttributeField[],
): Promise<boolean> {
  if (version > 0) {
    const { matchedCount } = await attributeSchemas.updateOne(
      { _id: ID, version },
      { $set: { fields, version: version + 1 } },
    );
    return matchedCount === 1;
  }
  try {
    await attributeSchemas.insertMany([{ _id: ID, version: 1, fields: [...fields] }]);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
