// The file .env, which is ours alone: what nobody reads in it is told, since a misspelt address would otherwise start the
// server on the embedded databases, and nobody would know. The environment is everybody's.
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { StartError } from "#platform/kernel";
import { settings } from "./settings.js";

export interface EnvFile {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** What cannot be meant as it stands: one sentence each. */
  readonly faults: readonly string[];
  /** What changes nothing. */
  readonly warnings: readonly string[];
}

/** Of Node, npm, PostgreSQL's clients and terminals. */
const WELL_KNOWN = /^(NODE_|npm_|PG|LC_)|^(CI|DEBUG|FORCE_COLOR|LANG|NO_COLOR|TZ)$/;
/** What comes last, so that a line without an equals sign has one after it, and is part of a name. */
const END = "END_OF_FILE";

/** A file that is not there is empty. @throws StartError when it cannot be read */
export function readEnvFile(path: string): EnvFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, ""); // as Windows saves it
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { values: {}, faults: [], warnings: [] };
    throw new StartError(
      `${path} cannot be read (${code ?? message}): make it readable or remove it.`,
    );
  }
  const values = parseEnv(`${text}\n${END}=`) as Record<string, string>;
  delete values[END];
  const faults: string[] = [];
  const warnings: string[] = [];
  for (const key of Object.keys(values)) {
    // Where the equals sign is missing, more follows, perhaps a password.
    const [name = ""] = key.split(/[\s:]/);
    // Those of our own prefix are judged together with the environment's.
    if (key === name && (name in settings || WELL_KNOWN.test(name) || name.startsWith("TIFFIN_")))
      continue;
    const where = `Line ${lineOf(text, name)} of ${path}`;
    const near = nearestSetting(name);
    if (key !== name)
      faults.push(
        `${where} has no equals sign behind ${name}: write it as ${near ?? "PORT"}=…, or remove it.`,
      );
    else if (near !== undefined)
      faults.push(
        `${where} sets ${name}, which is not a setting of Tiffin: correct it to ${near}, or remove it.`,
      );
    else warnings.push(`${where} sets ${name}, which is not a setting of Tiffin: it does nothing.`);
  }
  return { values, faults, warnings };
}

const lineOf = (text: string, name: string): number =>
  text
    .split("\n")
    .findIndex((line) => line.replace(/^\s*(export\s+)?/, "").split(/[\s:=]/)[0] === name) + 1;

/** What may have been meant; undefined where it is like none. */
function nearestSetting(name: string): string | undefined {
  const [nearest] = Object.keys(settings)
    .map((setting) => ({ setting, edits: countEdits(name.toUpperCase(), setting) }))
    .filter(({ setting, edits }) => edits <= Math.round(Math.max(setting.length, name.length) / 4))
    .toSorted((a, b) => a.edits - b.edits);
  return nearest?.setting;
}

/** Letters to add, remove or replace (Levenshtein). */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1),
          (row[j + 1] ?? 0) + 1,
          (next[j] ?? 0) + 1,
        ),
      );
    row = next;
  }
  return row[to.length] ?? 0;
}
