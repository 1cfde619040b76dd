// What PostgreSQL says on its error output, read for people and for our log. Pure.

/** Each line is `<kind of process>|<LEVEL>:  <text>` by this setting. */
export const LINE_PREFIX = "%b|";

export interface LogLine {
  readonly level: "warn" | "debug";
  readonly text: string;
}

const WORTH_A_WARNING = new Set(["WARNING", "ERROR", "FATAL", "PANIC"]);

/** What a client's statement did wrong, the client is told; only trouble of the server itself is a warning. */
export function readLogLine(line: string): LogLine {
  const [, by = "", level = "", text = line] = /^([^|]*)\|([A-Z]+): +(.*)$/.exec(line) ?? [];
  const ours = level === "PANIC" || (WORTH_A_WARNING.has(level) && by !== "client backend");
  return { level: ours ? "warn" : "debug", text };
}

export const isReady = (line: string): boolean =>
  line.includes("database system is ready to accept connections");

export const readVersion = (line: string): string | undefined =>
  /starting PostgreSQL (\S+)/.exec(line)?.[1];

export const isPortTaken = (lines: readonly string[]): boolean =>
  lines.some((line) =>
    /could not bind .*(in use|not permitted)|could not create any TCP\/IP sockets/i.test(line),
  );

const CAUSES: readonly (readonly [RegExp, (path: string) => string])[] = [
  [
    /No space left on device|wrote only \d+ of \d+ bytes|Disk quota exceeded|ENOSPC|EDQUOT/i,
    (path) => `The disk of ${path} is full: free some space and start again.`,
  ],
  [
    /could not bind|could not create any TCP/i,
    () =>
      "PostgreSQL found no free port on 127.0.0.1: end a program that holds ports, or set DATABASE_URL.",
  ],
  [
    /Cannot allocate memory|could not map anonymous shared memory|could not resize shared memory|out of memory/i,
    () =>
      "There is too little memory for PostgreSQL: free 200 MB, or set DATABASE_URL to another machine.",
  ],
  [
    /Too many open files|EMFILE|ENFILE/i,
    () =>
      "Too many files are open for PostgreSQL to start: let this account open more (ulimit -n), and start again.",
  ],
  [
    /Read-only file system|EROFS/i,
    (path) =>
      `The folder ${path} lies on a read-only disk: set DATA_DIR to a folder that can be written.`,
  ],
  [
    /setpriv: /,
    () =>
      "PostgreSQL does not run as root, and this root may not hand it to another account: start as an ordinary user, or set DATABASE_URL.",
  ],
  [
    /Permission denied|Operation not permitted|has wrong ownership|EACCES|EPERM/i,
    (path) =>
      `PostgreSQL may not read or write in ${path}: give that folder and all in it to one account, or set DATA_DIR to another folder.`,
  ],
  [
    /could not locate a valid checkpoint|invalid checkpoint record|could not read file "global|PANIC/,
    (path) => `The database in ${path} is damaged: restore it from a backup.`,
  ],
  [
    /syntax error in file|unrecognized configuration parameter|invalid value for parameter|contains errors/,
    (path) =>
      `The settings in ${path}/postgresql.conf are wrong: correct the line that is named below.`,
  ],
];

/** One sentence with the cause and the remedy, and PostgreSQL's own words after it. */
export function explainFailure(lines: readonly string[], path: string): string {
  const texts = lines.map((line) => line.replace(/^[^|]*\|/, "").trim());
  // initdb repeats the server's words behind its own, on the same line.
  const fatal = texts
    .map((line) => /(FATAL|PANIC|error|setpriv): .*/.exec(line)?.[0])
    .find(Boolean);
  const words = fatal ?? texts.findLast((line) => line !== "") ?? "no message";
  const cause = CAUSES.find(([pattern]) => texts.some((line) => pattern.test(line)));
  const sentence =
    cause?.[1](path) ??
    `PostgreSQL did not start in ${path}: mend what it names, or restore a backup.`;
  return `${sentence} (PostgreSQL said: ${words})`;
}
