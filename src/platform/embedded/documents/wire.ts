// MongoDB's wire protocol: bytes to requests, replies to bytes. OP_MSG, and OP_QUERY for the first
// hello of a driver; everything else is refused by closing the connection.
// https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
import { decode, encode, nestsDeeperThan, type Document } from "./codec.js";
import { fail, MongoError } from "./errors.js";

export const MAX_MESSAGE_BYTES = 48_000_000;
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
export const MAX_NESTING = 200;

const HEADER_BYTES = 16;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const REQUIRED_FLAGS = 0xffff;

export interface Request {
  requestId: number;
  command: Document;
  /** The client waits for no answer and must not get one. */
  silent: boolean;
  legacy: boolean;
}

/** The stream cannot be trusted any more: close the connection, answer nothing. */
export class ProtocolError extends Error {}

/** The frame was whole but its content was not: answer `reason`, keep the connection. */
export class BadRequest extends Error {
  constructor(
    readonly requestId: number,
    readonly reason: unknown,
  ) {
    super("bad request");
  }
}

/** Cuts a byte stream into messages; holds at most one unfinished message. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #length = 0;
  #wanted = 0;

  get buffered(): number {
    return this.#length;
  }

  *push(chunk: Buffer): Generator<Buffer> {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      if (this.#wanted === 0) {
        if (this.#length < HEADER_BYTES) return;
        this.#wanted = this.#joined().readInt32LE(0);
        if (this.#wanted < HEADER_BYTES || this.#wanted > MAX_MESSAGE_BYTES)
          throw new ProtocolError(`message length ${this.#wanted} is out of range`);
      }
      if (this.#length < this.#wanted) return;
      const all = this.#joined();
      const frame = all.subarray(0, this.#wanted);
      const rest = all.subarray(this.#wanted);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#length = rest.length;
      this.#wanted = 0;
      yield frame;
    }
  }

  #joined(): Buffer {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }
}

const CRC32C = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

export function crc32c(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (sum >>> 8) ^ (CRC32C[(sum ^ byte) & 0xff] ?? 0);
  return (sum ^ 0xffffffff) >>> 0;
}

export function parseRequest(frame: Buffer): Request {
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  if (opCode !== OP_MSG && opCode !== OP_QUERY)
    throw new ProtocolError(`operation code ${opCode} is not supported`);
  try {
    const request = opCode === OP_MSG ? parseMessage(frame) : parseQuery(frame);
    if (nestsDeeperThan(request.command, MAX_NESTING))
      throw fail(15, `Exceeded max nested object depth: ${MAX_NESTING}`);
    return { requestId, legacy: opCode === OP_QUERY, ...request };
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    const known = error instanceof MongoError || error instanceof RangeError;
    const cause = error instanceof Error ? error.message : "unknown";
    throw new BadRequest(requestId, known ? error : fail(22, `invalid BSON: ${cause}`));
  }
}

function parseMessage(frame: Buffer): Pick<Request, "command" | "silent"> {
  if (frame.length < HEADER_BYTES + 9) throw new ProtocolError("message is too short");
  const flags = frame.readUInt32LE(HEADER_BYTES);
  if (flags & REQUIRED_FLAGS & ~(CHECKSUM_PRESENT | MORE_TO_COME))
    throw new ProtocolError(`message flags ${flags} are not supported`);
  let end = frame.length;
  if (flags & CHECKSUM_PRESENT) {
    end -= 4;
    if (frame.readUInt32LE(end) !== crc32c(frame.subarray(0, end)))
      throw new ProtocolError("the message does not match its checksum");
  }
  let command: Document | undefined;
  const sequences: [string, Document[]][] = [];
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const kind = frame[at++];
    if (at + 4 > end) throw new ProtocolError("a section is cut short");
    const size = frame.readInt32LE(at);
    if (size < 5 || at + size > end) throw new ProtocolError("a section has a wrong length");
    const section = frame.subarray(at, at + size);
    at += size;
    if (kind === 1) sequences.push(parseSequence(section));
    else if (kind === 0 && command === undefined) command = decode(section);
    else throw new ProtocolError("a section has an unknown or repeated kind");
  }
  if (command === undefined) throw new ProtocolError("the message has no body");
  for (const [name, documents] of sequences) {
    if (Object.hasOwn(command, name))
      throw fail(51, `The field '${name}' is in the body and in a document sequence`);
    command[name] = documents;
  }
  return { command, silent: (flags & MORE_TO_COME) !== 0 };
}

function parseSequence(section: Buffer): [string, Document[]] {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) throw new ProtocolError("a document sequence has no name");
  const documents: Document[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const size = section.length - at < 5 ? 0 : section.readInt32LE(at);
    if (size < 5 || at + size > section.length)
      throw new ProtocolError("a document of a sequence has a wrong length");
    documents.push(decode(section.subarray(at, at + size)));
    at += size;
  }
  return [section.toString("utf8", 4, nameEnd), documents];
}

function parseQuery(frame: Buffer): Pick<Request, "command" | "silent"> {
  const nameEnd = frame.indexOf(0, HEADER_BYTES + 4);
  if (nameEnd < 0 || frame.length < nameEnd + 14) throw new ProtocolError("query is cut short");
  const namespace = frame.toString("utf8", HEADER_BYTES + 4, nameEnd);
  if (!namespace.endsWith(".$cmd")) throw new ProtocolError("OP_QUERY is for the first hello only");
  const size = frame.readInt32LE(nameEnd + 9);
  if (size < 5 || nameEnd + 9 + size > frame.length) throw new ProtocolError("query is cut short");
  const command = decode(frame.subarray(nameEnd + 9, nameEnd + 9 + size));
  return { command: { ...command, $db: namespace.slice(0, -5) }, silent: false };
}

/** bson writes into a buffer of 17 MB: what does not fit there is left out of its bytes without a word. */
const MAX_REPLY_BYTES = 17 * 1024 * 1024 - 16;
let lastReplyId = 0;

export function encodeReply(to: Pick<Request, "requestId" | "legacy">, document: Document): Buffer {
  const body = encode(document);
  if (body.length > MAX_REPLY_BYTES)
    throw fail(10334, `the answer is larger than ${MAX_REPLY_BYTES} bytes`);
  const prefix = to.legacy ? 36 : 21;
  const reply = Buffer.allocUnsafe(prefix + body.length);
  lastReplyId = (lastReplyId + 1) & 0x7fffffff;
  reply.writeInt32LE(reply.length, 0);
  reply.writeInt32LE(lastReplyId, 4);
  reply.writeInt32LE(to.requestId, 8);
  reply.writeInt32LE(to.legacy ? OP_REPLY : OP_MSG, 12);
  reply.fill(0, HEADER_BYTES, prefix);
  if (to.legacy) {
    reply.writeInt32LE(8, 16); // AwaitCapable, as MongoDB sets it
    reply.writeInt32LE(1, 32); // one document
  }
  reply.set(body, prefix);
  return reply;
}
