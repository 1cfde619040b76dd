// What changes the attribute schema, and how that is told.
import { findAttributeSchema, replaceAttributeSchema } from "../repository/attributes.js";
import type { AttributeField } from "../schema.js";
import { actionTaken, type By, type InventoryParts } from "./parts.js";

/** False when the version is stale. */
export async function changeAttributeSchema(
  { models, outbox, clock }: InventoryParts,
  version: number,
  fields: readonly AttributeField[],
  by: By,
): Promise<boolean> {
  const before = await findAttributeSchema(models);
  const told = schemaChanged(before.fields, fields, clock(), by);
  const replaced = await replaceAttributeSchema(models, version, fields, told);
  if (replaced) outbox.wake();
  return replaced;
}

export function schemaChanged(
  before: readonly AttributeField[],
  after: readonly AttributeField[],
  at: Date,
  by: By,
) {
  const was = new Map(before.map((field) => [field.key, JSON.stringify(field)]));
  const is = new Map(after.map((field) => [field.key, JSON.stringify(field)]));
  const keys = (picked: (key: string) => boolean) =>
    [...new Set([...was.keys(), ...is.keys()])].filter(picked);
  return actionTaken(by, at, {
    action: "inventory.edit",
    subject: { type: "attribute-schema", id: "products" },
    details: {
      added: keys((key) => !was.has(key)),
      removed: keys((key) => !is.has(key)),
      changed: keys((key) => was.has(key) && is.has(key) && was.get(key) !== is.get(key)),
    },
  });
}
