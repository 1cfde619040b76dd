// Routes of the attribute schema: what a restaurant notes of its products.
import { z } from "zod";
import { route } from "#platform/contract";
import { LocalizedText, text } from "#platform/kernel";
import { VERSION_CONFLICT } from "./shapes.js";

/** Of a group: an import makes no more than can be read and saved again. */
export const MAX_FIELDS = 100;
/** Of the whole schema, not counting those in groups. */
export const MAX_NAMES = 1_000;
export const MAX_KEY_LENGTH = 60;

const FieldBasics = {
  key: z.string().min(1).max(MAX_KEY_LENGTH),
  label: LocalizedText,
  type: z.enum(["text", "number", "boolean", "date", "list", "object", "any"]),
  options: z.array(text(120)).max(200).optional(),
  unit: text(20).optional(),
  inferred: z
    .literal(true)
    .optional()
    .meta({ description: "Made by an import, which may widen it" }),
};
const innerField = z.strictObject({ ...FieldBasics, fields: z.undefined().optional() });
const middleField = z.strictObject({
  ...FieldBasics,
  fields: z.array(innerField).max(MAX_FIELDS).optional(),
});
/** Objects nest three deep; deeper ones are `any`. */
export const AttributeField = z.strictObject({
  ...FieldBasics,
  fields: z.array(middleField).max(MAX_FIELDS).optional(),
});
export const AttributeSchema = z.object({
  version: z.int().min(0),
  fields: z.array(AttributeField),
});

export type AttributeSchema = z.infer<typeof AttributeSchema>;

export const attributes = {
  get: route
    .meta({ permission: "inventory.read" })
    .route({
      method: "GET",
      path: "/inventory/attribute-schema",
      summary: "The attributes that products may have here",
    })
    .output(AttributeSchema),
  replace: route
    .meta({ permission: "inventory.edit" })
    .route({
      method: "PUT",
      path: "/inventory/attribute-schema",
      summary: "Replace the attributes that products may have here",
      description: "Products keep what they have; the new schema counts from their next change on.",
    })
    .input(AttributeSchema.strict())
    .output(AttributeSchema)
    .errors({
      VERSION_CONFLICT,
      INVALID_SCHEMA: {
        status: 422,
        message: "This attribute schema contradicts itself. Each fault is listed.",
        data: z.object({ items: z.array(z.object({ path: z.string(), message: z.string() })) }),
      },
    }),
};
