// Tills that send one request after the other over kept connections, to this machine only, for a bounded time.
import { Agent, request as httpRequest } from "node:http";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
export interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly text: string;
}

export interface Client {
  send(call: Call): Promise<Answer>;
  close(): void;
}

export function createClient(url: string, token: string, connections: number): Client {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections, noDelay: true });
  return {
    send: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const sent = httpRequest(
          {
            agent,
            hostname,
            port,
            method,
            path,
            headers: {
              authorization: `Bearer ${token}`,
              ...(body !== undefined && {
                "content-type": "application/json",
                "content-length": Buffer.byteLength(body),
              }),
              ...headers,
            },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () =>
              resolve({
                status: response.statusCode ?? 0,
                etag: response.headers.etag,
                text: Buffer.concat(chunks).toString(),
              }),
            );
          },
        );
        sent.on("error", reject);
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

export interface Run {
  readonly count: number;
  readonly latenciesMs: readonly number[];
  readonly seconds: number;
}

/** `tills` loops of `work` side by side until the time is over, or until it is `done`. @throws what `work` threw */
export async function closedLoop(
  tills: number,
  seconds: number,
  work: () => Promise<unknown>,
  done: () => boolean = () => false,
): Promise<Run> {
  const latenciesMs: number[] = [];
  const started = performance.now();
  const until = started + seconds * 1_000;
  const till = async () => {
    for (let sent = performance.now(); sent < until && !done(); sent = performance.now()) {
      await work();
      latenciesMs.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: tills }, till));
  return {
    count: latenciesMs.length,
    latenciesMs,
    seconds: (performance.now() - started) / 1_000,
  };
}

/** Sends at a steady rate, whether or not earlier answers are there: a slow server is not spared. */
export async function openLoop(
  perSecond: number,
  seconds: number,
  work: () => Promise<unknown>,
): Promise<Run> {
  const latenciesMs: number[] = [];
  const started = performance.now();
  const total = Math.round(perSecond * seconds);
  const sent: Promise<void>[] = [];
  for (let n = 0; n < total; n++) {
    const due = started + (n * 1_000) / perSecond;
    const early = due - performance.now();
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    sent.push(work().then(() => void latenciesMs.push(performance.now() - due)));
  }
  await Promise.all(sent);
  return { count: total, latenciesMs, seconds: (performance.now() - started) / 1_000 };
}
