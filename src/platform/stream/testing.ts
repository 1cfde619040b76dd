// For tests: a screen that listens over HTTP, and a process with an outbox, a stream and a server.
import { get, type IncomingMessage } from "node:http";
import { z } from "zod";
import { route } from "#platform/contract";
import { createHttpServer, type EventStream, implementContract } from "#platform/http";
import { createLogger, createMetrics } from "#platform/observability";
import type { PostgresWorld } from "../outbox/postgres/testing.js";
import { eventually, FAST, quiet, startProcess } from "../outbox/testing.js";
import { createStream, type Listener, type StreamOptions } from "./index.js";

export interface HeardEvent {
  readonly id: string;
  readonly event: string;
  // Tests look into data of every shape.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any;
}

export interface Screen {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** All of them, `ready` and `closing` too. */
  readonly heard: readonly HeardEvent[];
  /** Events without those that the stream says of itself. */
  events(): readonly HeardEvent[];
  lastId(): string | undefined;
  /** Comments, which are signs of life. */
  beats(): number;
  /** Stops reading, as a screen that hangs does; its buffers fill. */
  pause(): void;
  resume(): void;
  readonly ended: Promise<void>;
  hasEnded(): boolean;
  /** Waits until it has heard that many. */
  until(count: number): Promise<readonly HeardEvent[]>;
  /** Breaks the connection off. */
  leave(): void;
}

const OWN = new Set(["ready", "reset", "closing"]);

/** Resolves once the server has answered. */
export function openScreen(
  url: string,
  headers: Readonly<Record<string, string>>,
  { bufferBytes }: { bufferBytes?: number } = {},
): Promise<Screen> {
  return new Promise((resolve, reject) => {
    const request = get(url, {
      headers,
      agent: false,
      ...(bufferBytes !== undefined && { highWaterMark: bufferBytes }),
    });
    request.on("error", reject);
    request.on("response", (response) => resolve(screenOf(response, () => request.destroy())));
  });
}

function screenOf(response: IncomingMessage, leave: () => void): Screen {
  const heard: HeardEvent[] = [];
  let text = "";
  let lastId: string | undefined;
  let beats = 0;
  let over = false;
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    const blocks = (text + chunk).split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = new Map<string, string>();
      for (const line of block.split("\n")) {
        if (line.startsWith(":")) beats += 1;
        const [, name, value] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
        if (name !== undefined && value !== undefined) fields.set(name, value);
      }
      // As browsers do: the id counts also where there is no data.
      lastId = fields.get("id") ?? lastId;
      const event = fields.get("event");
      const data = fields.get("data");
      if (event !== undefined && data !== undefined)
        heard.push({ id: lastId ?? "", event, data: JSON.parse(data) });
    }
  });
  const ended = new Promise<void>((done) => {
    response.on("close", () => {
      over = true;
      done();
    });
  });
  response.on("error", () => undefined);
  const events = () => heard.filter(({ event }) => !OWN.has(event));
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    heard,
    events,
    lastId: () => lastId,
    beats: () => beats,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    ended,
    hasEnded: () => over,
    async until(count) {
      await eventually(() => {
        if (events().length < count) throw new Error(`heard ${events().length} of ${count}`);
      });
      return events();
    },
    leave,
  };
}

export const contract = {
  listen: route
    .meta({ permission: "stream.listen", stream: true })
    .route({ method: "GET", path: "/stream" })
    .output(z.object({}))
    .errors({ TOO_MANY_STREAMS: { status: 503, message: "Too many. Try again soon." } }),
};

/** Sessions that tests end, with what each may see. A bearer token is the session's id. */
export const createSessions = () => {
  const open = new Map<string, Listener & { sessionId: string }>();
  return {
    open(sessionId: string, ...permissions: string[]): Record<string, string> {
      const may = new Set(["stream.listen", ...permissions]);
      open.set(sessionId, { id: sessionId, sessionId, permissions: may });
      return { authorization: `Bearer ${sessionId}` };
    },
    end: (sessionId: string) => void open.delete(sessionId),
    find: (sessionId: string) => open.get(sessionId),
    recheck: (ids: readonly string[]) =>
      Promise.resolve(
        new Map(
          ids.flatMap((id) => {
            const listener = open.get(id);
            return listener ? [[id, listener] as const] : [];
          }),
        ),
      ),
  };
};
export type Sessions = ReturnType<typeof createSessions>;

/** One process on this world. */
export async function startStreaming(
  world: PostgresWorld,
  sessions: Sessions,
  over: Partial<StreamOptions> = {},
) {
  const running = startProcess(world, []);
  const stream = createStream({
    sources: [running.outbox],
    show: ({ key, data }) => ({
      topic: "thing-noted",
      permission: key.startsWith("large") ? "shop.read-large" : "shop.read",
      data,
    }),
    signals: world.database,
    recheck: sessions.recheck,
    logger: quiet,
    metrics: { counter: () => undefined, gauge: () => undefined },
    ...over,
  });
  const shop = implementContract(contract);
  const router = shop.router({
    listen: shop.listen.handler(({ context, errors }) => {
      if (!context.principal || !stream.hasRoom(context.principal)) throw errors.TOO_MANY_STREAMS();
      return {};
    }),
  });
  const eventStream: EventStream = {
    open: (sink, { principal, lastEventId }) =>
      stream.open(sink, { listener: principal, topics: undefined, lastEventId }),
    drain: () => stream.drain(),
  };
  const server = await createHttpServer({
    routers: { stream: router },
    guard: {
      authenticate: ({ authorization = "" }) => {
        const listener = sessions.find(authorization.replace("Bearer ", ""));
        const person = { kind: "staff", id: "1", name: "Ma Ei", role: "kitchen" } as const;
        return Promise.resolve(listener ? { ...person, ...listener } : null);
      },
    },
    checks: {},
    metrics: createMetrics({ process: false }),
    logger: createLogger({ level: "silent" }),
    eventStream,
  });
  const { url } = await server.listen({ port: 0, host: "127.0.0.1" });
  return {
    ...running,
    stream,
    screen: (headers: Record<string, string>, lastEventId?: string) =>
      openScreen(`${url}/api/stream`, {
        ...headers,
        ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
      }),
    async stop(): Promise<void> {
      // So long that a stream that does not end by itself is noticed.
      await server.close({ graceMs: 120_000 });
      await stream.stop();
      await running.stop();
    },
  };
}
export type StreamingProcess = Awaited<ReturnType<typeof startStreaming>>;
export { eventually, FAST };
