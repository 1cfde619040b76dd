// One request to a server on this machine, over HTTP or HTTPS. What a tool sends carries the operator's token: over HTTPS
// nothing is sent before the other side has proved that it holds the very certificate of the server.
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Agent as PlainAgent, type ClientRequestArgs, request as plain } from "node:http";
import { Agent as SecureAgent, request as secure } from "node:https";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { connect, type ConnectionOptions } from "node:tls";

export interface Request {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Without a sign of life. */
  readonly timeoutMs?: number;
}
export interface Answer {
  readonly status: number;
  readonly text: string;
}
/** Throws NoAnswer or OtherServer. */
export type Client = (url: URL, request: Request) => Promise<Answer>;

/** Nobody listens, or the connection broke before the whole answer was there. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

/** Somebody answers who is not the server that was meant. Nothing was sent to them. */
export class OtherServer extends Error {
  override name = "OtherServer";
}

const TIMEOUT_MS = 300_000;
const HANDSHAKE_MS = 10_000;

/** `certPath`: the file with the certificate of the server; it is trusted, and nothing else, whatever name it is for. */
export function createClient(certPath: string | undefined): Client {
  const insecure = new PlainAgent({ keepAlive: true });
  const pinned = new PinnedAgent(certPath);
  return (url, { method, headers = {}, body, timeoutMs = TIMEOUT_MS }) =>
    new Promise((resolve, reject) => {
      const lost = (error: Error) =>
        reject(
          error instanceof OtherServer
            ? error
            : new NoAnswer(`The server at ${url.origin} does not answer (${error.message}).`, {
                cause: error,
              }),
        );
      const https = url.protocol === "https:";
      const length = { "content-length": String(Buffer.byteLength(body ?? "")) };
      const options = { method, headers: { ...headers, ...(body !== undefined && length) } };
      const sent = https
        ? secure(url, { ...options, agent: pinned })
        : plain(url, { ...options, agent: insecure });
      sent.once("response", (response) => {
        const { statusCode: status = 0 } = response;
        text(response).then((read) => resolve({ status, text: read }), lost);
      });
      sent.on("error", lost);
      sent.setTimeout(timeoutMs, () =>
        sent.destroy(new Error(`nothing came within ${timeoutMs / 1000} s`)),
      );
      sent.end(body);
    });
}

/** Hands a connection over only when its other side is the holder of the certificate: the handshake proves that they have
 *  its key, so the comparison is all that is missing, and neither names, dates nor issuers matter. */
class PinnedAgent extends SecureAgent {
  readonly #certPath: string | undefined;

  constructor(certPath: string | undefined) {
    super({ keepAlive: true });
    this.#certPath = certPath;
  }

  override createConnection(
    { host, port }: ClientRequestArgs,
    hand?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    // No session is resumed: each connection shows its certificate.
    const to: ConnectionOptions = { host: host ?? "", port: Number(port) };
    const socket = connect({ ...to, rejectUnauthorized: false });
    const refuse = (error: Error) => {
      socket.destroy();
      hand?.(error, socket);
    };
    socket.on("error", refuse);
    const late = () => refuse(new Error(`no handshake within ${HANDSHAKE_MS / 1000} s`));
    socket.setTimeout(HANDSHAKE_MS, late);
    socket.once("secureConnect", () => {
      const seen = socket.getPeerCertificate().fingerprint256;
      // Read at each connection: the server takes up a renewed one while it runs.
      fingerprintOf(this.#certPath).then((expected) => {
        socket.setTimeout(0, late);
        if (seen === expected) hand?.(null, socket);
        else refuse(this.#other(`${String(host)}:${String(port)}`));
      }, refuse);
    });
  }

  #other(at: string): OtherServer {
    return new OtherServer(
      `What answers at ${at} shows another certificate than the one in ${this.#certPath ?? "run.json"}, so nothing was sent to it. If the certificate was renewed just now, run this again in a few seconds; if its file is broken, mend it.`,
    );
  }
}

/** Of the first certificate in the file, which is the server's own; what follows it are its issuers. */
async function fingerprintOf(certPath: string | undefined): Promise<string | undefined> {
  if (certPath === undefined) return undefined;
  try {
    return new X509Certificate(await readFile(certPath)).fingerprint256;
  } catch (error) {
    throw new OtherServer(
      `The certificate of the server, ${certPath}, cannot be read (${(error as Error).message}), so it could not be told who answers. Make the file readable for this account.`,
      { cause: error },
    );
  }
}
