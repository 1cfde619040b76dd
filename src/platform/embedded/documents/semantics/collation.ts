// Collations of strength 1 to 3, by the locale data that Node carries. Everything else is refused.
// https://www.mongodb.com/docs/v7.0/reference/collation/
import type { Document } from "bson";
import { MongoError } from "./errors.js";
import { type Collator, compareValues } from "./values.js";

const FIELDS = new Set(["locale", "strength", "caseLevel", "numericOrdering"]);
/** Settings that are accepted when they say what is the case anyway. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  caseFirst: "off",
  alternate: "non-ignorable",
  maxVariable: "punct",
  normalization: false,
  backwards: false,
  version: "57.1",
};

/** Undefined for the simple comparison. */
export function collatorOf(collation: Document | undefined): Collator | undefined {
  if (collation === undefined || Object.keys(collation).length === 0) return undefined;
  const locale: unknown = collation["locale"];
  if (typeof locale !== "string")
    throw new MongoError(40414, "BSON field 'collation.locale' is missing but a required field");
  for (const [name, value] of Object.entries(collation)) {
    if (FIELDS.has(name)) continue;
    if (!(name in DEFAULTS))
      throw new MongoError(40415, `BSON field 'collation.${name}' is an unknown field.`);
    if (name !== "version" && value !== DEFAULTS[name])
      throw new MongoError(
        2,
        `collation ${name}: ${JSON.stringify(value)} is not supported by this server`,
      );
  }
  if (locale === "simple") return undefined;
  const strength = Number(collation["strength"] ?? 3);
  if (![1, 2, 3].includes(strength))
    throw new MongoError(
      2,
      `collation strength ${strength} is not supported by this server: use 1, 2 or 3`,
    );
  const caseLevel = collation["caseLevel"] === true;
  const sensitivity =
    strength === 3 ? "variant" : strength === 2 ? "accent" : caseLevel ? "case" : "base";
  if (strength === 2 && caseLevel)
    throw new MongoError(2, "collation strength 2 with caseLevel is not supported by this server");
  try {
    const collator = new Intl.Collator(locale.replaceAll("_", "-"), {
      sensitivity,
      numeric: collation["numericOrdering"] === true,
    });
    return (a, b) => collator.compare(a, b);
  } catch {
    throw new MongoError(2, `Field 'locale' is invalid in: { locale: "${locale}" }`);
  }
}

/** The order of values under a collation. */
export function compareWith(collation: Document | undefined): (a: unknown, b: unknown) => number {
  const collator = collatorOf(collation);
  return collator ? (a, b) => compareValues(a, b, collator) : (a, b) => compareValues(a, b);
}
