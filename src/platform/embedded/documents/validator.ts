// What a collection demands of its documents: a query or a $jsonSchema, checked at each write.
// https://www.mongodb.com/docs/v7.0/core/schema-validation/
import type { Document } from "./codec.js";
import { isDocument, type Arguments } from "./arguments.js";
import { fail } from "./errors.js";
import { compileFilter, compileJsonSchema } from "./semantics/index.js";

export const VALIDATOR_FIELDS = ["validator", "validationLevel", "validationAction"];
/** `warn` would only log: there is no log of it here, so it is refused. */
const CHOICES = { validationLevel: ["off", "strict", "moderate"], validationAction: ["error"] };

/** @throws MongoError 121 for a document that does not fit; `before`: what an update found. */
export type Validate = (document: Document, before?: Document) => void;

/** The options a command asks for, checked; those that are not there are left out. */
export function validatorOptions(args: Arguments): Document {
  const validator = args.document("validator");
  const options: Document = validator ? { validator } : {};
  for (const [name, values] of Object.entries(CHOICES)) {
    const value = args.text(name);
    if (value === undefined) continue;
    if (!values.includes(value))
      throw fail(2, `${name}: '${value}' is not supported by this server`);
    options[name] = value;
  }
  if (validator) compileFilter(validator);
  return options;
}

export function compileValidator(options: Document): Validate | undefined {
  const validator: unknown = options["validator"];
  const level: unknown = options["validationLevel"];
  if (!isDocument(validator) || Object.keys(validator).length === 0 || level === "off")
    return undefined;
  const filter = compileFilter(validator, {
    collation: options["collation"] as Document | undefined,
  });
  const schema =
    validator["$jsonSchema"] === undefined
      ? undefined
      : compileJsonSchema(validator["$jsonSchema"]);
  return (document, before) => {
    if (filter.matches(document)) return;
    if (level === "moderate" && before && !filter.matches(before)) return;
    throw fail(121, "Document failed validation", {
      errInfo: {
        failingDocumentId: document["_id"] as unknown,
        details: schema
          ? { operatorName: "$jsonSchema", schemaRulesNotSatisfied: schema(document) }
          : {
              operatorName: Object.keys(validator)[0],
              specifiedAs: validator,
              reason: "the document does not match",
            },
      },
    });
  };
}
