// Commands about databases and collections as a whole.
import { UUID } from "bson";
import { Arguments, isDocument } from "../arguments.js";
import { ID_INDEX } from "../catalogue.js";
import type { Collection, Index } from "../collection.js";
import type { Document } from "../codec.js";
import { fail } from "../errors.js";
import type { Key } from "../index-tree.js";
import { sameKey } from "../planner.js";
import { compileFilter } from "../semantics/index.js";
import { VALIDATOR_FIELDS, validatorOptions } from "../validator.js";
import { batchSizeOf } from "./indexes.js";
import type { Call, Command } from "./command.js";

const create: Command = {
  fields: [
    "capped",
    "size",
    "max",
    "clusteredIndex",
    "collation",
    "autoIndexId",
    ...VALIDATOR_FIELDS,
  ],
  run(call) {
    const { args, engine, database, target } = call;
    const collation = args.collation();
    const options = {
      ...cap(args),
      ...cluster(args),
      ...(collation && { collation }),
      ...validatorOptions(args),
    };
    const existing = call.find();
    if (existing) throw fail(48, `Collection ${call.namespace} already exists.`);
    engine.catalogue.create(database, target, options);
    return {};
  },
};

/** By _id is the one way there is. */
function cluster(args: Arguments): Document {
  const asked = args.document("clusteredIndex");
  if (asked === undefined) return {};
  const { key, name = "_id_", unique } = new Arguments("clusteredIndex", asked, CLUSTERED).source;
  if (!isDocument(key) || !sameKey(key, { _id: 1 }) || unique !== true || args.flag("capped"))
    throw fail(197, "clusteredIndex needs { key: { _id: 1 }, unique: true }, and no cap beside it");
  return { clusteredIndex: { v: 2, key, name: name as unknown, unique } };
}
const CLUSTERED = new Set(["v", "key", "name", "unique"]);

/** Bytes are rounded up to 256, as MongoDB does. */
function cap(args: Arguments): Document {
  const [size, max] = [args.count("size"), args.count("max")];
  if (!args.flag("capped")) {
    if (size === undefined && max === undefined) return {};
    throw fail(72, "the 'capped' field needs to be true when either 'size' or 'max' is present");
  }
  if (!size) throw fail(72, "the 'size' field is required when 'capped' is true");
  return { capped: true, size: Math.ceil(size / 256) * 256, ...(max !== undefined && { max }) };
}

const drop: Command = {
  fields: [],
  run(call) {
    const collection = call.find();
    if (collection === undefined) return {};
    const nIndexesWas = collection.indexes.size;
    call.engine.drop(collection);
    return { nIndexesWas, ns: call.namespace };
  },
};

const dropDatabase: Command = {
  fields: [],
  run({ engine, database }) {
    const collections = engine.catalogue.in(database);
    for (const collection of collections) engine.drop(collection);
    return collections.length > 0 ? { dropped: database } : {};
  },
};

const renameCollection: Command = {
  fields: ["to", "dropTarget"],
  admin: true,
  run(call) {
    const { args, engine } = call;
    const to = args.required("to", args.text("to"));
    const source = engine.catalogue.find(call.target);
    const target = engine.catalogue.find(to);
    if (source === undefined) throw fail(26, `Source collection ${call.target} does not exist`);
    if (source === target) throw fail(20, "Can't rename a collection to itself");
    if (target && !args.flag("dropTarget")) throw fail(48, "target namespace exists");
    if (target) engine.drop(target);
    const dot = to.indexOf(".");
    engine.cursors.killAll((name) => name === call.target);
    engine.catalogue.rename(source, to.slice(0, Math.max(dot, 0)), to.slice(dot + 1));
    return {};
  },
};

const listCollections: Command = {
  fields: ["filter", "nameOnly", "authorizedCollections", "cursor"],
  run(call) {
    const filter = compileFilter(call.args.document("filter") ?? {}, {});
    const nameOnly = call.args.flag("nameOnly") ?? false;
    const documents = call.engine.catalogue
      .in(call.database)
      .map((collection) => describeCollection(collection))
      .filter((document) => filter.matches(document))
      .map((document) => (nameOnly ? { name: document["name"], type: "collection" } : document));
    const namespace = `${call.database}.$cmd.listCollections`;
    return {
      cursor: call.engine.cursors.open({ namespace, documents, batchSize: batchSizeOf(call) }),
    };
  },
};

const describeCollection = ({ entry }: Collection): Document => ({
  name: entry.name,
  type: "collection",
  options: entry.options,
  info: { readOnly: false, uuid: new UUID(entry.uuid) },
  idIndex: ID_INDEX,
});

const listDatabases: Command = {
  fields: ["filter", "nameOnly", "authorizedDatabases"],
  admin: true,
  run({ engine, args }) {
    const filter = compileFilter(args.document("filter") ?? {}, {});
    const sizes = new Map<string, number>();
    for (const { entry, dataBytes } of engine.catalogue.all())
      sizes.set(entry.database, (sizes.get(entry.database) ?? 0) + dataBytes);
    const databases = [...sizes]
      .map(([name, sizeOnDisk]) => ({ name, sizeOnDisk, empty: false }))
      .filter((database) => filter.matches(database));
    if (args.flag("nameOnly")) return { databases: databases.map(({ name }) => ({ name })) };
    return { databases, totalSize: databases.reduce((sum, { sizeOnDisk }) => sum + sizeOnDisk, 0) };
  },
};

export function sizesOf(collections: readonly Collection[], scale: number) {
  const total = (of: (collection: Collection) => number) =>
    collections.reduce((sum, collection) => sum + of(collection), 0);
  const count = total(({ rows }) => rows.size);
  const size = total(({ dataBytes }) => dataBytes);
  return {
    count,
    size: Math.floor(size / scale),
    avgObjSize: count > 0 ? Math.floor(size / count) : 0,
    indexes: total(({ indexes }) => indexes.size),
  };
}

const scaleOf = ({ args }: Call) => Math.max(1, args.number("scale") ?? 1);

const collStats: Command = {
  fields: ["scale"],
  run(call) {
    return storageStats(call.find(), call.namespace, scaleOf(call));
  },
};

/** Indexes live in memory only: their size on disk is 0. */
export function storageStats(
  collection: Collection | undefined,
  ns: string,
  scaleFactor: number,
): Document {
  const { indexes: nindexes, ...sizes } = sizesOf(collection ? [collection] : [], scaleFactor);
  const indexSizes = Object.fromEntries([...(collection?.indexes.keys() ?? [])].map((n) => [n, 0]));
  return {
    ns,
    ...sizes,
    storageSize: sizes.size,
    freeStorageSize: 0,
    nindexes,
    indexSizes,
    totalIndexSize: 0,
    totalSize: sizes.size,
    capped: collection?.entry.options["capped"] === true,
    scaleFactor,
  };
}

const dbStats: Command = {
  fields: ["scale", "freeStorage"],
  run(call) {
    const collections = call.engine.catalogue.in(call.database);
    const scaleFactor = scaleOf(call);
    const { count, size, avgObjSize, indexes } = sizesOf(collections, scaleFactor);
    return {
      db: call.database,
      collections: collections.length,
      views: 0,
      objects: count,
      avgObjSize,
      dataSize: size,
      storageSize: size,
      indexes,
      indexSize: 0,
      totalSize: size,
      scaleFactor,
    };
  },
};

const validate: Command = {
  fields: ["full", "repair", "metadata", "checkBSONConformance"],
  run(call) {
    const collection = call.get();
    if (call.args.flag("repair")) throw fail(72, "repair is not supported: restore a backup");
    const indexes = [...collection.indexes.values()];
    const errors = indexes.flatMap((index) => faultsOf(collection, index));
    return {
      ns: call.namespace,
      nrecords: collection.rows.size,
      nIndexes: indexes.length,
      keysPerIndex: Object.fromEntries(indexes.map(({ name, tree }) => [name, tree.size])),
      valid: errors.length === 0,
      errors,
      warnings: [],
    };
  },
};

/** Every entry must be a key of the row it names, and there must be as many as the rows have keys. */
function faultsOf({ rows }: Collection, index: Index): string[] {
  let wanted = 0;
  for (const row of rows.values()) wanted += index.keysOf(row.document).length;
  const isSame = (a: Key, b: Key) => a.every((value, at) => index.tree.compare(value, b[at]) === 0);
  let strays = 0;
  for (const { key, row } of index.tree.scan({ lower: [], upper: [] })) {
    const keys = rows.get(row.id) === row ? index.keysOf(row.document) : [];
    if (!keys.some((own) => isSame(own, key))) strays++;
  }
  if (wanted === index.tree.size && strays === 0) return [];
  return [`index ${index.name}: ${index.tree.size} keys instead of ${wanted}, ${strays} astray`];
}

export const collectionCommands = {
  create,
  drop,
  dropDatabase,
  renameCollection,
  listCollections,
  listDatabases,
  collStats,
  dbStats,
  validate,
};
