// configureFailPoint: makes commands fail on purpose, for tests of what a client does then. Needs no start
// flag as at MongoDB: who can open the socket may do worse.
// https://github.com/mongodb/mongo/wiki/The-%22failCommand%22-fail-point
import { Arguments, isDocument } from "./arguments.js";
import type { Document } from "./codec.js";
import { fail } from "./errors.js";

/** What happens to a command instead of, or besides, its work. */
export interface Failure {
  closeConnection: boolean;
  delayMs: number;
  /** The whole answer; undefined: the command runs. */
  reply: Document | undefined;
  writeConcernError: Document | undefined;
}

const DATA = new Set([
  "failCommands",
  "errorCode",
  "errorLabels",
  "closeConnection",
  "blockConnection",
  "blockTimeMS",
  "writeConcernError",
]);

export class FailPoints {
  #times = 0;
  #skip = 0;
  #names: readonly unknown[] = [];
  #failure: Failure | undefined;

  configure(mode: unknown, settings: Document): void {
    const data = new Arguments("configureFailPoint.data", settings, DATA);
    this.#times = this.#skip = 0;
    if (mode === "alwaysOn") this.#times = Infinity;
    else if (isDocument(mode) && typeof mode["times"] === "number") this.#times = mode["times"];
    else if (isDocument(mode) && typeof mode["skip"] === "number")
      [this.#times, this.#skip] = [Infinity, mode["skip"]];
    else if (mode !== "off") throw fail(2, "unknown mode of a fail point");
    const names: unknown = data.source["failCommands"];
    this.#names = Array.isArray(names) ? names : [];
    const code = data.number("errorCode");
    const labels: unknown = data.source["errorLabels"];
    const error =
      code === undefined
        ? undefined
        : fail(code, "Failing command via 'failCommand' failpoint", {
            ...(labels !== undefined && { errorLabels: labels }),
          });
    this.#failure = {
      closeConnection: data.flag("closeConnection") ?? false,
      delayMs: data.flag("blockConnection") ? (data.number("blockTimeMS") ?? 0) : 0,
      reply: error && {
        ok: 0,
        errmsg: error.message,
        code: error.code,
        codeName: error.codeName,
        ...error.extra,
      },
      writeConcernError: data.document("writeConcernError"),
    };
  }

  /** What is to happen to this command; undefined as long as no fail point is set. */
  take(body: Document): Failure | undefined {
    if (this.#times === 0 || !this.#names.includes(Object.keys(body)[0])) return undefined;
    if (this.#skip > 0) this.#skip--;
    else {
      this.#times--;
      return this.#failure;
    }
    return undefined;
  }
}
