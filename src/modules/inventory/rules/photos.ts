// Pure decisions about photos: what is one, by its first bytes and not by what its sender calls it.
import { MAX_PHOTO_BYTES } from "../contract/photos.js";
import type { PhotoDocument } from "../schema.js";

const starts = (bytes: Buffer, magic: readonly number[], at = 0) =>
  magic.every((byte, index) => bytes[at + index] === byte);
const ascii = (text: string) => [...Buffer.from(text, "latin1")];

/** Undefined for what no screen can show as a photo, and for what is too large. SVG is none: it can carry scripts. */
export function photoType(bytes: Buffer): PhotoDocument["type"] | undefined {
  if (bytes.length > MAX_PHOTO_BYTES) return undefined;
  if (starts(bytes, [0xff, 0xd8, 0xff])) return "image/jpeg";
  if (starts(bytes, [0x89, ...ascii("PNG\r\n\x1a\n")])) return "image/png";
  if (starts(bytes, ascii("RIFF")) && starts(bytes, ascii("WEBP"), 8)) return "image/webp";
  return undefined;
}
