// Takes a command's document, answers with one. Commands run one at a time, from start to end in one
// turn, so that each sees the ones before it whole; the answer leaves when what it tells is on disk.
import { setTimeout as sleep } from "node:timers/promises";
import { Catalogue, checkDatabaseName } from "./catalogue.js";
import type { Document } from "./codec.js";
import type { Collection } from "./collection.js";
import { Call, type Client, type Command, type Host } from "./commands/command.js";
import { commands } from "./commands/table.js";
import { Cursors } from "./cursors.js";
import { describe, fail } from "./errors.js";
import { FailPoints } from "./fail-points.js";
import type { Store } from "./store.js";
import { removeExpired } from "./ttl.js";

const WRITES = ["insert", "update", "delete"];

export class Engine implements Host {
  readonly catalogue: Catalogue;
  readonly cursors = new Cursors();
  readonly failPoints = new FailPoints();
  readonly #counts = new Map<string, number>();

  private constructor(
    readonly store: Store,
    /** For serverStatus. */
    readonly connections: () => { current: number; available: number; totalCreated: number },
  ) {
    this.catalogue = new Catalogue(store);
  }

  /** With all that the store holds in memory. */
  static async open(store: Store, connections: Engine["connections"]): Promise<Engine> {
    const engine = new Engine(store, connections);
    await engine.catalogue.load();
    return engine;
  }

  /** Never rejects: what goes wrong is the answer. Undefined: a fail point wants the connection closed. */
  async handle(body: Document, client: Client): Promise<Document | undefined> {
    const failure = this.failPoints.take(body);
    if (failure === undefined) return this.#answer(body, client);
    const { closeConnection, delayMs, reply, writeConcernError } = failure;
    if (delayMs > 0) await sleep(delayMs);
    if (closeConnection) return undefined;
    return (
      reply ?? {
        ...(await this.#answer(body, client)),
        ...(writeConcernError && { writeConcernError }),
      }
    );
  }

  async #answer(body: Document, client: Client): Promise<Document> {
    try {
      const { call, command } = this.prepare(body, client);
      let reply: Document;
      try {
        reply = { ...command.run(call), ok: 1 };
      } catch (error) {
        reply = { ok: 0, ...describe(error) };
      }
      for (const batch of call.unsettled()) await batch.committed;
      return reply;
    } catch (error) {
      return { ok: 0, ...describe(error) };
    }
  }

  prepare(body: Document, client: Client): { call: Call; command: Command } {
    const [name = ""] = Object.keys(body);
    const database: unknown = body["$db"];
    if (typeof database !== "string") throw fail(40414, "OP_MSG requests require a $db argument");
    checkDatabaseName(database);
    const command = commands.get(name);
    if (command === undefined) throw fail(59, `no such command: '${name}'`);
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    return { call: new Call(this, name, database, body, client, command), command };
  }

  drop(collection: Collection): void {
    this.cursors.killAll((namespace) => namespace === collection.namespace);
    this.catalogue.drop(collection);
  }

  /** Called every second or so: cursors nobody reads, documents whose time is up. */
  sweep(now = Date.now()): void {
    this.cursors.sweep(now);
    removeExpired(this.catalogue.all(), now);
  }

  commandNames(): string[] {
    return [...commands.keys()];
  }

  counts(): Document {
    return Object.fromEntries([...this.#counts].map(([name, total]) => [name, { total }]));
  }

  operations(): Document {
    const of = (name: string) => this.#counts.get(name) ?? 0;
    const total = [...this.#counts.values()].reduce((sum, n) => sum + n, 0);
    const known = [...WRITES, "getMore"].map((name) => [name.toLowerCase(), of(name)]);
    const rest = total - known.reduce((sum, [, n]) => sum + Number(n), 0) - of("find");
    return { ...Object.fromEntries(known), query: of("find"), command: rest };
  }
}
