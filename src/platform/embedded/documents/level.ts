// How the store lies in LevelDB: one folder, keys in the order in which they are read back, with each value its own
// checksum, and one sum of all of them, so that what a disk spoils is refused, never read as something else. LevelDB
// itself does not look at the checksums of its tables, and one spoilt bit there hides records, or shows old ones.
import { ClassicLevel } from "classic-level";
import { mkdir, open, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { decode, type Document } from "./codec.js";
import { damaged, unwritable } from "./damage.js";
import { isBroken } from "./log.js";

/** 1 was LMDB (ADR 0018); 2 had no sum, and gets one with the first commit. */
const FORMAT = "3";
const WITHOUT_SUM = "2";

export type Level = ClassicLevel<Buffer, Buffer>;
export type Change =
  | { readonly type: "put"; readonly key: Buffer; readonly value: Buffer }
  | { readonly type: "del"; readonly key: Buffer };

/** The answer comes when it is on the disk. */
export const SYNCED = { sync: true } as const;
/** Documents that change often are written to a table once, not each time: the log may grow to this many bytes. */
const LOG_BYTES = 16 << 20;
/** Read and copied at a time. */
const BULK = { bytes: 1 << 20, count: 1000 };

export const FORMAT_KEY = Buffer.of(0);
const ENTRIES = 1;
const RECORDS = 2;

export function entryKey(id: number): Buffer {
  const key = Buffer.allocUnsafe(5);
  key[0] = ENTRIES;
  key.writeUInt32BE(id, 1);
  return key;
}

export function recordKey(collection: number, id: number): Buffer {
  const key = Buffer.allocUnsafe(11);
  key[0] = RECORDS;
  key.writeUInt32BE(collection, 1);
  key.writeUIntBE(id, 5, 6);
  return key;
}

/** What `recordKey` was made of. @throws Error when it made no such key */
export function placeOf(key: Buffer) {
  if (key.length !== 11) throw damaged("the key of a record cannot be read");
  return { collection: key.readUInt32BE(1), id: key.readUIntBE(5, 6) };
}

const listAll = (level: Level, kind: number) =>
  level.iterator({
    gte: Buffer.of(kind),
    lt: Buffer.of(kind + 1),
    highWaterMarkBytes: BULK.bytes,
  });
export const listEntries = (level: Level) => listAll(level, ENTRIES);
export const listRecords = (level: Level) => listAll(level, RECORDS);

/** Bytes before the document. */
export const CHECKSUM = 4;

export function toValue(bytes: Uint8Array): Buffer {
  const value = Buffer.allocUnsafe(CHECKSUM + bytes.length);
  value.writeUInt32LE(crc32(bytes), 0);
  value.set(bytes, CHECKSUM);
  return value;
}

/** Of one key and its value, for the sum of all. Scattered (MurmurHash3): checksums alone cancel each other out where two
 *  values changed alike. */
export function sumOf(key: Buffer, value: Buffer): number {
  const crc = crc32(key, value.readUInt32LE(0));
  const half = Math.imul(crc ^ (crc >>> 16), 0x85ebca6b);
  return Math.imul(half ^ (half >>> 13), 0xc2b2ae35);
}

/** Written with each commit, under FORMAT_KEY. */
export const toFormat = (sum: number): Buffer => Buffer.from(`${FORMAT} ${sum}`);

/** The sum of all that was committed; undefined where an earlier version wrote it. */
export async function readSum(level: Level): Promise<number | undefined> {
  const [, sum] = (await level.get(FORMAT_KEY))?.toString().split(" ") ?? [];
  return sum === undefined ? undefined : Number(sum);
}

/** @throws Error when it is not what was written */
export function parse(value: Buffer, what: string): Document {
  const bytes = value.subarray(CHECKSUM);
  if (value.length < CHECKSUM || value.readUInt32LE(0) !== crc32(bytes))
    throw damaged(`${what} cannot be read`);
  return decode(bytes);
}

/** Opens the LevelDB at `path`; makes it where there is none.
 *  @throws Error when it is damaged or of another format */
export async function openLevel(path: string): Promise<Level> {
  const files = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (files.includes("data.mdb")) throw otherFormat("1");
  if (files.length === 0)
    await makeWhole(path, (level) => level.put(FORMAT_KEY, toFormat(0), SYNCED));
  else await checkFiles(path, files);
  const level = await openAt(path);
  const format = (await level.get(FORMAT_KEY))?.toString().split(" ", 1)[0];
  if (format === FORMAT || format === WITHOUT_SUM) return level;
  await level.close();
  throw format === undefined ? damaged(`${path} has lost its beginning`) : otherFormat(format);
}

/** What LevelDB itself would take for a new store, or for an older one than it is. */
async function checkFiles(path: string, files: readonly string[]): Promise<void> {
  if (!files.includes("CURRENT")) throw damaged(`${path} lacks its file CURRENT`);
  const logs = files.filter((name) => name.endsWith(".log"));
  if (logs.length === 0) throw damaged(`${path} lacks its log, a file like 000005.log`);
  for (const name of logs)
    if (isBroken(await readFile(join(path, name))))
      throw damaged(`${join(path, name)} cannot be read to its end`);
}

/** Makes a LevelDB that is at `path` with all that `fill` puts into it, or not at all. */
export async function makeWhole(
  path: string,
  fill: (level: Level) => Promise<unknown>,
): Promise<void> {
  const begun = `${path}.new`;
  await rm(begun, { recursive: true, force: true });
  await mkdir(begun, { recursive: true, mode: 0o700 });
  try {
    const level = await openAt(begun);
    try {
      await fill(level);
    } finally {
      await level.close();
    }
  } catch (error) {
    // On a full disk most of all: what is left of it would be in the way of all who write there.
    await rm(begun, { recursive: true, force: true });
    throw error;
  }
  // In place of an empty folder at most. Windows does not rename onto one.
  await rmdir(path).catch(() => undefined);
  await rename(begun, path);
  await syncFolder(dirname(path));
}

/** All that `source` held when this began. */
export async function copyInto(level: Level, source: Level): Promise<void> {
  const iterator = source.iterator({ highWaterMarkBytes: BULK.bytes });
  try {
    for (;;) {
      const found = await iterator.nextv(BULK.count);
      if (found.length === 0) return;
      // Each on the disk: the log that the last one goes into may be another file.
      await level.batch(
        found.map(([key, value]) => ({ type: "put", key, value })),
        SYNCED,
      );
    }
  } finally {
    await iterator.close();
  }
}

async function openAt(path: string): Promise<Level> {
  const level = new ClassicLevel<Buffer, Buffer>(path, {
    keyEncoding: "buffer",
    valueEncoding: "buffer",
    writeBufferSize: LOG_BYTES,
  });
  await level.open();
  return level;
}

const FULL_OR_BROKEN = /no space|quota|input\/output|i\/o error/i;
const TOO_MANY = /too many open/i;
const BARRED = /permission denied|read-only/i;

/** Says what the system or LevelDB complains of in one sentence with a remedy. */
export async function explained<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = rootOf(error);
    if (code === undefined) throw error; // ours
    if (FULL_OR_BROKEN.test(message)) throw unwritable(message);
    if (TOO_MANY.test(message))
      throw new Error(
        `The document store in ${folder} cannot be opened (${message}): let this account open more files (ulimit -n), and start again.`,
        { cause: error },
      );
    if (code.startsWith("LEVEL_") && !BARRED.test(message))
      throw damaged(`${folder} cannot be read (${message})`);
    throw new Error(
      `The document store in ${folder} cannot be opened (${message}): start as the account that it belongs to, or give that folder and all in it to this one.`,
      { cause: error },
    );
  }
}

/** LevelDB tells why it did not open as the cause of another error. */
function rootOf(error: unknown): NodeJS.ErrnoException {
  const { cause } = error as Error;
  return (cause ?? error) as NodeJS.ErrnoException;
}

const otherFormat = (found: string) =>
  new Error(
    `The document store is in format ${found}, this version reads format ${FORMAT}: use the version that wrote it, or restore a backup.`,
  );

/** So that the new name survives a power cut. Windows knows no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
