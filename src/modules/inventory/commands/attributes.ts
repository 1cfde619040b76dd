// What changes the attribute schema.
import { replaceAttributeSchema } from "../repository/attributes.js";
import type { AttributeField, InventoryModels } from "../schema.js";

/** False when the version is stale. */
export const changeAttributeSchema = (
  models: InventoryModels,
  version: number,
  fields: readonly AttributeField[],
): Promise<boolean> => replaceAttributeSchema(models, version, fields);
