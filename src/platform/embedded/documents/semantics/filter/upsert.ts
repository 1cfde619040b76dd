// The document that an upsert starts from, read off its query.
// https://www.mongodb.com/docs/v7.0/reference/method/db.collection.updateOne/#upsert-behavior
import type { Document } from "bson";
import { MongoError } from "../errors.js";
import { fieldOf } from "../paths.js";
import { equalValues, isDocument, typeOf } from "../values.js";
import { isOperatorDocument } from "./operators.js";
import { isRegex } from "./regex.js";

/** The fields that a query fixes to one value: the document that an upsert starts from.
 *  @throws MongoError 54 when it fixes one twice */
export function upsertBase(filter: unknown): Document {
  const fixed = new Map<string, unknown>();
  const fix = (path: string, value: unknown) => {
    for (const other of fixed.keys()) {
      if (path === other || path.startsWith(`${other}.`) || other.startsWith(`${path}.`)) {
        if (path === other && equalValues(fixed.get(other), value)) return;
        throw new MongoError(
          54,
          `cannot infer query fields to set, path '${path}' is matched twice`,
        );
      }
    }
    fixed.set(path, value);
  };
  const collect = (query: Document) => {
    for (const [name, argument] of Object.entries(query)) {
      if (name === "$and" || (name === "$or" && Array.isArray(argument) && argument.length === 1)) {
        for (const clause of argument as Document[]) collect(clause);
      } else if (!name.startsWith("$") && !isRegex(argument)) {
        if (!isOperatorDocument(argument)) fix(name, argument);
        else if ("$eq" in argument) fix(name, argument["$eq"]);
        else
          for (const key of ["$in", "$all"]) {
            const list: unknown = argument[key];
            if (
              Array.isArray(list) &&
              list.length === 1 &&
              !isRegex(list[0]) &&
              !isOperatorDocument(list[0])
            )
              fix(name, list[0]);
          }
      }
    }
  };
  if (isDocument(filter)) collect(filter);
  const base: Document = {};
  for (const [path, value] of fixed) {
    let target = base;
    const parts = path.split(".");
    for (const part of parts.slice(0, -1)) {
      if (typeOf(fieldOf(target, part)) !== "object") define(target, part, {});
      target = fieldOf(target, part) as Document;
    }
    define(target, parts.at(-1) as string, value);
  }
  return base;
}

const define = (target: object, name: string, value: unknown) =>
  Object.defineProperty(target, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
