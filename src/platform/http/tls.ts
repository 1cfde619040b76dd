// The certificate of the server, taken up again when its files change. A broken pair never replaces a working one.
import { X509Certificate } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { createSecureContext, type Server as TlsServer } from "node:tls";
import { StartError } from "#platform/kernel";
import type { Logger } from "#platform/observability";

export interface TlsFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

const LOOK_EVERY_MS = 2_000;
const DAY_MS = 86_400_000;
const SOON_DAYS = 21;

/** Throws StartError when the files cannot be used. */
export function readCertificate({ certPath, keyPath }: TlsFiles): { cert: Buffer; key: Buffer } {
  const read = (name: string, path: string) => {
    try {
      return readFileSync(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new StartError(
        `${name} names ${path}, which cannot be read (${code ?? "error"}): correct the path or make the file readable.`,
      );
    }
  };
  const pair = { cert: read("TLS_CERT", certPath), key: read("TLS_KEY", keyPath) };
  try {
    createSecureContext(pair);
  } catch {
    throw new StartError(
      `TLS_CERT and TLS_KEY do not belong together or are not PEM files: give the certificate in ${certPath} and its own key in ${keyPath}.`,
    );
  }
  return pair;
}

/** One sentence about a certificate that ends soon or has ended: from that day on no browser comes in. */
export function warnOfEnd(certPath: string, now = Date.now()): string | undefined {
  const { validTo } = new X509Certificate(readFileSync(certPath));
  const days = Math.floor((Date.parse(validTo) - now) / DAY_MS);
  if (days >= SOON_DAYS) return undefined;
  const when = new Date(validTo).toISOString().slice(0, 10);
  return `The certificate in ${certPath} ${days < 0 ? "ended" : "ends"} on ${when}, and then browsers refuse this server: put a renewed one in its place, which needs no restart.`;
}

/** Also says each day that it ends soon. Answers with the function that stops it. */
export function watchCertificate(
  files: TlsFiles,
  server: Pick<TlsServer, "setSecureContext">,
  logger: Logger,
  everyMs = LOOK_EVERY_MS,
): () => void {
  const reload = () => {
    try {
      server.setSecureContext(readCertificate(files));
      logger.info({}, "took up the changed TLS certificate");
    } catch (error) {
      logger.error({ err: error }, "the changed TLS certificate is unusable, keeping the old one");
    }
  };
  const remind = () => {
    try {
      const warning = warnOfEnd(files.certPath);
      if (warning !== undefined) logger.warn({}, warning);
    } catch {
      // Unreadable just now: the server goes on with the one it has, and `reload` has said so.
    }
  };
  const reminding = setInterval(remind, DAY_MS).unref();
  const paths = [files.certPath, files.keyPath];
  for (const path of paths) watchFile(path, { interval: everyMs, persistent: false }, reload);
  return () => {
    clearInterval(reminding);
    for (const path of paths) unwatchFile(path, reload);
  };
}
