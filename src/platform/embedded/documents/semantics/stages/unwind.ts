// $unwind. https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/unwind/
import { type Document, Long } from "bson";
import { fieldOf } from "../paths.js";
import { withField } from "../update/paths.js";
import { isDocument, typeOf } from "../values.js";
import { fails, type Stage } from "./stage.js";

export const unwind: Stage = (argument, context) => {
  const {
    path,
    includeArrayIndex,
    preserveNullAndEmptyArrays = false,
    ...unknown
  } = isDocument(argument) ? argument : { path: argument };
  const [extra] = Object.keys(unknown);
  if (extra !== undefined) throw fails(28811, `unrecognized option to $unwind stage: ${extra}`);
  if (typeof path !== "string")
    throw fails(28808, `expected a string as the path for $unwind stage, got ${typeOf(path)}`);
  if (!path.startsWith("$"))
    throw fails(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  const parts = path.slice(1).split(".");
  const at = (document: Document) =>
    parts.reduce<unknown>(
      (value, part) => (isDocument(value) ? fieldOf(value, part) : undefined),
      document,
    );
  const put = (document: Document, names: readonly string[], value: unknown): Document => {
    const [name = "", ...rest] = names;
    const inner = rest.length > 0 ? put(fieldOf(document, name) ?? {}, rest, value) : value;
    if (inner !== undefined) return withField(document, name, inner);
    return Object.fromEntries(Object.entries(document).filter(([other]) => other !== name));
  };
  const index = typeof includeArrayIndex === "string" ? includeArrayIndex.split(".") : undefined;
  const numbered = (document: Document, place: Long | null) =>
    index ? put(document, index, place) : document;
  return (documents) =>
    documents.flatMap((document) => {
      context.tick();
      const value = at(document);
      if (Array.isArray(value) && value.length > 0)
        return value.map((one: unknown, place) =>
          numbered(put(document, parts, one), Long.fromNumber(place)),
        );
      if (value !== undefined && value !== null && !Array.isArray(value))
        return [numbered(document, null)];
      if (preserveNullAndEmptyArrays !== true) return [];
      return [numbered(Array.isArray(value) ? put(document, parts, undefined) : document, null)];
    });
};
