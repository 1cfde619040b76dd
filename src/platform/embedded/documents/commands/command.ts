// What a command is: the fields it may carry, what it does, and the checks all commands share.
import type { Document } from "../codec.js";
import { Arguments } from "../arguments.js";
import type { Catalogue } from "../catalogue.js";
import type { Collection } from "../collection.js";
import type { Cursors } from "../cursors.js";
import type { FailPoints } from "../fail-points.js";
import { createDeadline, type Deadline } from "../deadline.js";
import { fail } from "../errors.js";
import type { Batch } from "../store.js";
import { evaluateVariables } from "./variables.js";

/** What commands need of the engine that runs them. */
export interface Host {
  readonly catalogue: Catalogue;
  readonly cursors: Cursors;
  readonly failPoints: FailPoints;
  readonly connections: () => { current: number; available: number; totalCreated: number };
  drop(collection: Collection): void;
  prepare(body: Document, client: Client): { call: Call; command: Command };
  commandNames(): string[];
  counts(): Document;
  operations(): Document;
}

export interface Command {
  /** Besides those every command may carry. A field that is not listed is refused. */
  fields: readonly string[];
  /** Drivers announce new features in their greeting: what is not known there is not for us. */
  open?: true;
  /** Only on the database `admin`. */
  admin?: true;
  run(call: Call): Document;
}

/** The server puts up with these from any client; `check` refuses the values that would mean something. */
const COMMON_FIELDS = [
  "$db",
  "$readPreference",
  "$clusterTime",
  "lsid",
  "txnNumber",
  "autocommit",
  "startTransaction",
  "readConcern",
  "writeConcern",
  "maxTimeMS",
  "comment",
  "apiVersion",
  "apiStrict",
  "apiDeprecationErrors",
];

const allowedFields = new Map<string, Set<string>>();

function allowedIn(name: string, command: Command): Set<string> {
  let allowed = allowedFields.get(name);
  if (!allowed) {
    allowed = new Set([name, ...COMMON_FIELDS, ...command.fields]);
    allowedFields.set(name, allowed);
  }
  return allowed;
}

export interface Client {
  id: number;
}

export class Call {
  readonly args: Arguments;
  readonly deadline: Deadline;
  readonly now = new Date();
  readonly #seen = new Set<Collection>();
  #variables: Document | undefined;

  constructor(
    readonly engine: Host,
    readonly name: string,
    readonly database: string,
    readonly body: Document,
    readonly client: Client,
    command: Command,
  ) {
    this.args = new Arguments(name, body, command.open ? undefined : allowedIn(name, command));
    if (command.admin && database !== "admin")
      throw fail(13, `${name} may only be run against the admin database.`);
    checkCommon(this.args);
    this.deadline = createDeadline(this.args.count("maxTimeMS"));
  }

  /** What the command's `let` comes to, without a document. */
  get variables(): Document | undefined {
    const spec = this.args.document("let");
    return spec && (this.#variables ??= evaluateVariables(spec, {}, this.now));
  }

  /** Whether the writes pass by the collection's validator. */
  get unchecked(): boolean {
    return this.args.flag("bypassDocumentValidation") ?? false;
  }

  /** The collection the command is named for. */
  get target(): string {
    const name: unknown = this.body[this.name];
    if (typeof name === "string" && name !== "") return name;
    throw fail(73, `collection name has invalid type or is empty in command '${this.name}'`);
  }

  get namespace(): string {
    return `${this.database}.${this.target}`;
  }

  /** To read: missing means empty. What is read here is answered only once it is on disk. */
  find(namespace = this.namespace): Collection | undefined {
    return this.#see(this.engine.catalogue.find(namespace));
  }

  /** To write: created when missing. */
  ensure(name = this.target, database = this.database): Collection {
    return this.#see(this.engine.catalogue.ensure(database, name));
  }

  get(namespace = this.namespace): Collection {
    return this.#see(this.engine.catalogue.get(namespace));
  }

  /** The commits that the answer must wait for. */
  *unsettled(): Generator<Batch> {
    for (const { batch } of [...this.#seen, this.engine.catalogue])
      if (batch && !batch.done) yield batch;
  }

  #see<T extends Collection | undefined>(collection: T): T {
    if (collection) this.#seen.add(collection);
    return collection;
  }
}

function checkCommon(args: Arguments): void {
  const { source } = args;
  if (source["txnNumber"] !== undefined || source["startTransaction"] !== undefined)
    throw fail(20, "Transaction numbers are only allowed on a replica set member or mongos");
  const level = new Arguments("readConcern", args.document("readConcern") ?? {}, undefined).text(
    "level",
  );
  if (level === "snapshot" || level === "linearizable")
    throw fail(123, `read concern level ${level} is only supported on a replica set`, {
      codeName: "NotAReplicaSet",
    });
  if (level !== undefined && !["local", "available", "majority"].includes(level))
    throw fail(9, `unknown read concern level '${level}'`);
  const w: unknown = args.document("writeConcern")?.["w"];
  if (w !== undefined && w !== "majority" && w !== 0 && w !== 1)
    throw fail(2, "cannot use 'w' > 1 or a tag when a host is not replicated");
  const version = args.text("apiVersion");
  if (version !== undefined && version !== "1")
    throw fail(322, 'Provided apiVersion must be "1"', { codeName: "APIVersionError" });
}
