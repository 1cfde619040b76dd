// Reads a JSON body of strangers: bounded in size and depth, strict in form, never a prototype, no NUL, no broken text.
import type { IncomingMessage } from "node:http";
import { HttpRefusal } from "./problems.js";

export interface BodyLimits {
  readonly bodyBytes: number;
  readonly jsonDepth: number;
}

/** What is still read and thrown away, so that a client with a large body hears the answer instead of a reset. */
const DRAINED_BYTES = 16_000_000;
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** The client went away before its request was complete: nobody waits for an answer. */
export class ClientGone extends Error {
  override name = "ClientGone";
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

/** The parsed body, or undefined when there is none. Throws HttpRefusal or ClientGone. */
export async function readJson(request: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  if (!hasBody(request)) return undefined;
  const { headers } = request;
  const encoding = headers["content-encoding"] ?? "identity";
  if (!JSON_TYPE.test(headers["content-type"] ?? "") || encoding !== "identity") {
    throw new HttpRefusal("UNSUPPORTED_MEDIA_TYPE");
  }
  return parseJson(await readBytes(request, limits.bodyBytes), limits.jsonDepth);
}

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = () =>
    new HttpRefusal("BODY_TOO_LARGE", {
      headers: { connection: "close" },
      members: { limitBytes: limit },
    });
  if (Number(request.headers["content-length"]) > DRAINED_BYTES) throw tooLarge();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else chunks.length = 0;
      if (size > DRAINED_BYTES) reject(tooLarge());
    });
    request.on("end", () => (size > limit ? reject(tooLarge()) : resolve(Buffer.concat(chunks))));
    const gone = () => reject(new ClientGone("The client hung up"));
    request.on("error", gone);
    request.on("close", gone);
  });
}

const bad = (detail: string) => new HttpRefusal("BAD_REQUEST", { detail });

/** Exported for its tests. */
export function parseJson(bytes: Buffer, maxDepth: number): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw bad("The body is not UTF-8. Send JSON in UTF-8.");
  }
  if (text.trim() === "") return undefined;
  if (isDeeper(text, maxDepth)) throw bad(`The JSON is nested deeper than ${maxDepth} levels.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad("The body is not valid JSON. Correct it and send it again.");
  }
  // Only a text with an escape or such a name can hide one of these; others are not walked.
  if (text.includes("\\u") || text.includes("__proto__")) refuseHidden(value);
  return value;
}

function isDeeper(text: string, maxDepth: number): boolean {
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const char = text.charCodeAt(index);
    if (quoted) {
      if (char === 0x5c) index += 1;
      else if (char === 0x22) quoted = false;
    } else if (char === 0x22) quoted = true;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return false;
}

function refuseHidden(value: unknown): void {
  if (typeof value === "string") refuseText(value);
  else if (Array.isArray(value)) value.forEach(refuseHidden);
  else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      if (name === "__proto__") throw bad("A field must not be called __proto__.");
      refuseText(name);
      refuseHidden(inner);
    }
  }
}

/** Databases refuse both: NUL (Postgres text) and half a character (jsonb). */
function refuseText(text: string): void {
  if (text.includes("\0")) throw bad("Text must not hold NUL characters.");
  if (/\p{Surrogate}/u.test(text)) throw bad("Text holds half of a character. Send it whole.");
}
