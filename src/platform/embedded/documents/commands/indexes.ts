// Commands about indexes. What an index cannot do here (text, geo) is refused.
import { Long } from "bson";
import { isDocument } from "../arguments.js";
import { ID_INDEX } from "../catalogue.js";
import type { Document } from "../codec.js";
import { HASHED, type Collection, type Index } from "../collection.js";
import { fail } from "../errors.js";
import { sameCollation, sameKey } from "../planner.js";
import { compileFilter } from "../semantics/index.js";
import { shellText } from "../shell-text.js";
import { VALIDATOR_FIELDS, validatorOptions } from "../validator.js";
import type { Call, Command } from "./command.js";

export const INDEX_OPTIONS = [
  "v",
  "key",
  "name",
  "ns",
  "background",
  "unique",
  "sparse",
  "expireAfterSeconds",
  "partialFilterExpression",
  "collation",
  "hidden",
];
const MAX_INDEXES = 64;

const createIndexes: Command = {
  fields: ["indexes", "commitQuorum"],
  run(call) {
    const wanted = call.args.required("indexes", call.args.documents("indexes"));
    if (wanted.length === 0) throw fail(2, "Must specify at least one index to create");
    const checked = wanted.map((index) => checkIndex(index));
    const created = call.find() === undefined;
    const collection = call.ensure();
    const there = new Set(collection.indexes.keys());
    const before = there.size;
    try {
      for (const spec of checked) addIndex(collection, spec);
    } catch (error) {
      // All or none, as at MongoDB.
      for (const name of collection.indexes.keys())
        if (!there.has(name)) collection.dropIndex(name);
      throw error;
    }
    const after = collection.indexes.size;
    return {
      numIndexesBefore: before,
      numIndexesAfter: after,
      createdCollectionAutomatically: created,
      ...(before === after && { note: "all indexes already exist" }),
    };
  },
};

function checkIndex(index: Document): Document {
  for (const option of Object.keys(index))
    if (!INDEX_OPTIONS.includes(option))
      throw fail(
        197,
        `The field '${option}' is not valid for an index specification. Specification: ${shellText(index)}`,
      );
  const { v: _v, ns: _ns, background: _background, key, name, ...options } = index;
  if (!isDocument(key) || Object.keys(key).length === 0)
    throw fail(67, "Index keys cannot be an empty object");
  if (typeof name !== "string" || name === "" || name === "*")
    throw fail(67, "Index name must be a non-empty string other than '*'");
  for (const [path, direction] of Object.entries(key)) {
    if (direction === HASHED) continue;
    if (typeof direction === "string")
      throw fail(
        67,
        `Unknown index plugin '${direction}': only ordered and hashed indexes are supported`,
      );
    if (typeof direction !== "number" || direction === 0 || Number.isNaN(direction))
      throw fail(67, `Values in v:2 index key pattern must be numbers > 0 or < 0: ${path}`);
    if (path === "" || /(^|\.)(\$(?!(ref|id|db)(\.|$))|\.|$)/.test(path))
      throw fail(67, `Index key path '${path}' is not supported`);
  }
  const hashed = Object.values(key).filter((direction) => direction === HASHED).length;
  if (hashed > 1)
    throw fail(31303, `A maximum of one index field is allowed to be hashed but found ${hashed}`);
  if (hashed > 0 && options["unique"])
    throw fail(16764, "Currently hashed indexes cannot guarantee uniqueness. Use a regular index.");
  checkOptions(key, options);
  return clean({ v: 2, key, name, ...options });
}

function checkOptions(key: Document, options: Document): void {
  const seconds: unknown = options["expireAfterSeconds"];
  if (seconds !== undefined) {
    if (typeof seconds !== "number" || seconds < 0)
      throw fail(67, "TTL index 'expireAfterSeconds' option must be a number that is not negative");
    if (Object.keys(key).length > 1)
      throw fail(67, "TTL indexes are single-field indexes, compound indexes do not support TTL");
  }
  const partial: unknown = options["partialFilterExpression"];
  if (partial === undefined) return;
  if (!isDocument(partial)) throw fail(14, "'partialFilterExpression' must be an object");
  if (options["sparse"])
    throw fail(67, 'cannot mix "partialFilterExpression" and "sparse" options');
  compileFilter(partial, {});
}

/** Options that say "no" are the same as options that are not there. */
const clean = (spec: Document): Document =>
  Object.fromEntries(
    Object.entries(spec).filter(([name, value]) => value !== false || name === "key"),
  );

function addIndex(collection: Collection, asked: Document): void {
  const spec =
    asked["collation"] === undefined && collection.collation
      ? { ...asked, collation: collection.collation }
      : asked;
  if (isDocument(spec["collation"]) && spec["collation"]["locale"] === "simple")
    delete spec["collation"];
  if (sameKey(spec["key"] as Document, ID_INDEX["key"] as Document)) {
    if (spec["unique"] === undefined && spec["sparse"] === undefined) return;
    throw fail(197, "The field 'unique' is not valid for an _id index specification.");
  }
  for (const { spec: have } of collection.indexes.values()) {
    const named = have["name"] === spec["name"];
    const keyed =
      sameKey(have["key"] as Document, spec["key"] as Document) &&
      sameCollation(have["collation"], spec["collation"]) &&
      sameCollation(have["partialFilterExpression"], spec["partialFilterExpression"]);
    if (!named && !keyed) continue;
    if (sameOptions(have, spec)) return;
    const both = `Requested index: ${shellText(spec)}, existing index: ${shellText(have)}`;
    if (named)
      throw fail(86, `An existing index has the same name as the requested index. ${both}`);
    throw have["unique"] === spec["unique"] && have["sparse"] === spec["sparse"]
      ? fail(85, `Index already exists with a different name: ${String(have["name"])}`)
      : fail(85, `An equivalent index already exists with different options. ${both}`);
  }
  if (spec["expireAfterSeconds"] !== undefined && collection.entry.options["capped"])
    throw fail(67, "Cannot create TTL index on a capped collection");
  if (collection.indexes.size >= MAX_INDEXES)
    throw fail(67, `add index fails, too many indexes for ${collection.namespace}`);
  collection.addIndex(spec);
}

const sameOptions = (a: Document, b: Document) =>
  INDEX_OPTIONS.every((option) =>
    option === "key"
      ? sameKey(a["key"] as Document, b["key"] as Document)
      : sameCollation(a[option], b[option]),
  );

const listIndexes: Command = {
  fields: ["cursor"],
  run(call) {
    const collection = call.get();
    return {
      cursor: call.engine.cursors.open({
        namespace: call.namespace,
        documents: [...collection.indexes.values()].map(({ spec }) => spec),
        batchSize: batchSizeOf(call),
      }),
    };
  },
};

/** `cursor: { batchSize }`, the one option a cursor has. */
export function batchSizeOf({ args }: Call): number | undefined {
  const cursor = args.document("cursor") ?? {};
  for (const option of Object.keys(cursor))
    if (option !== "batchSize")
      throw fail(40415, `BSON field 'cursor.${option}' is an unknown field.`);
  const size: unknown = cursor["batchSize"];
  if (size === undefined) return undefined;
  const number = Long.isLong(size) ? size.toNumber() : size;
  if (typeof number === "number" && number >= 0) return number;
  throw fail(2, "cursor.batchSize must be a number that is not negative");
}

const dropIndexes: Command = {
  fields: ["index"],
  run(call) {
    const collection = call.get();
    const nIndexesWas = collection.indexes.size;
    const asked: unknown = call.body["index"];
    const names =
      asked === "*"
        ? [...collection.indexes.keys()].filter((name) => name !== "_id_")
        : (Array.isArray(asked) ? asked : [asked]).map((one) => nameOf(collection, one));
    for (const name of names) collection.dropIndex(name);
    return { nIndexesWas };
  },
};

function nameOf(collection: Collection, asked: unknown): string {
  const found = [...collection.indexes.values()].find(({ name, spec }) =>
    isDocument(asked) ? sameKey(spec["key"] as Document, asked) : name === asked,
  );
  if (found === undefined)
    throw isDocument(asked)
      ? fail(27, `can't find index with key: ${shellText(asked)}`)
      : fail(27, `index not found with name [${String(asked)}]`);
  if (found.name === "_id_") throw fail(72, "cannot drop _id index");
  return found.name;
}

const collMod: Command = {
  fields: ["index", ...VALIDATOR_FIELDS],
  run(call) {
    const collection = call.get();
    const options = validatorOptions(call.args);
    const change = call.args.document("index");
    const reply = change === undefined ? {} : changeIndex(collection, change);
    if (Object.keys(options).length > 0) collection.setOptions(options);
    return reply;
  },
};

/** Checked whole before anything is changed. */
function changeIndex(collection: Collection, change: Document): Document {
  const { name, keyPattern, expireAfterSeconds: seconds, hidden, ...others } = change;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw fail(40415, `BSON field 'collMod.index.${unknown}' is an unknown field.`);
  const { spec } = collection.indexes.get(nameOf(collection, name ?? keyPattern)) as Index;
  const hides = typeof hidden === "boolean";
  const expires = typeof seconds === "number" && seconds >= 0;
  if (!(hides || expires) || (seconds !== undefined && !expires))
    throw fail(72, "no hidden or expireAfterSeconds field, or one of a wrong type");
  const reply: Document = {};
  if (hides) {
    Object.assign(reply, { hidden_old: spec["hidden"] === true, hidden_new: hidden });
    if (hidden) spec["hidden"] = true;
    else delete spec["hidden"];
  }
  if (expires) {
    const old: unknown = spec["expireAfterSeconds"];
    if (old !== undefined) reply["expireAfterSeconds_old"] = old;
    spec["expireAfterSeconds"] = reply["expireAfterSeconds_new"] = seconds;
  }
  collection.saveEntry();
  return reply;
}

export const indexCommands = { createIndexes, listIndexes, dropIndexes, collMod };
