// The write-ahead log of LevelDB, looked at before LevelDB reads it: a part of it that is spoilt is passed over there
// without a word, and with it acknowledged commits. https://github.com/google/leveldb/blob/main/doc/log_format.md
import { crc32c } from "./wire.js";

const BLOCK_BYTES = 32_768;
const HEADER_BYTES = 7;
const FULL = 1;
const FIRST = 2;
const MIDDLE = 3;
const LAST = 4;

/** Whether a whole commit follows a part that cannot be read. A part at the end is what a power cut leaves of a commit
 *  that nobody was told of: each is on the disk before the next is begun. */
export function isBroken(log: Buffer): boolean {
  let spoilt = false;
  let begun = false;
  for (let at = 0; at + HEADER_BYTES <= log.length;) {
    const end = at - (at % BLOCK_BYTES) + BLOCK_BYTES;
    if (end - at < HEADER_BYTES) {
      at = end; // too short for a record: filled with zeros
      continue;
    }
    const next = at + HEADER_BYTES + log.readUInt16LE(at + 4);
    const type = log[at + 6];
    if (next > Math.min(end, log.length) || !isWhole(log, at, next)) {
      [spoilt, begun, at] = [true, false, end];
      continue;
    }
    // A commit lies in one record, or in a first one, others, and a last one.
    const begins = type === FULL || type === FIRST;
    if (begins === begun || !(begins || type === MIDDLE || type === LAST)) spoilt = true;
    if (spoilt && (type === FULL || (type === LAST && begun))) return true;
    begun = type === FIRST || (type === MIDDLE && begun);
    at = next;
  }
  return false;
}

/** The checksum is of the type and the content, and stored turned, as LevelDB does. */
function isWhole(log: Buffer, at: number, next: number): boolean {
  const turned = (log.readUInt32LE(at) - 0xa282ead8) >>> 0;
  return crc32c(log.subarray(at + 6, next)) === ((turned >>> 17) | (turned << 15)) >>> 0;
}
