// Server-sent events over HTTP: a route whose contract says `stream` is answered by its handler first (who may, what is
// asked for), and then the connection is handed to an event stream, which writes to it until it ends.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Principal } from "./context.js";

/** A connection that events are written to. */
export interface EventSink {
  /** False: it is full; wait for `onDrain`. */
  write(chunk: Buffer | string): boolean;
  /** Bytes that wait in this process. */
  waiting(): number;
  onDrain(listener: () => void): void;
  onClose(listener: () => void): void;
  end(chunk: string): void;
  destroy(): void;
}

export interface EventStream {
  /** `accepted` is what the route's handler answered. */
  open(
    sink: EventSink,
    request: {
      readonly principal: Principal;
      readonly accepted: unknown;
      readonly lastEventId: string | undefined;
    },
  ): void;
  /** The server stops: every open stream ends now, and each new one at once. */
  drain(): void;
}

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  // Or a proxy such as nginx keeps events until it has a page of them.
  "x-accel-buffering": "no",
} as const;

export function sendEvents(
  request: IncomingMessage,
  response: ServerResponse,
  stream: EventStream,
  { principal, accepted }: { readonly principal: Principal; readonly accepted: unknown },
): void {
  if (response.destroyed) return;
  response.writeHead(200, HEADERS);
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  response.flushHeaders();
  const seen = request.headers["last-event-id"];
  const lastEventId = typeof seen === "string" && seen !== "" ? seen : undefined;
  const sink: EventSink = {
    write: (chunk) => response.write(chunk),
    waiting: () => response.writableLength,
    onDrain: (listener) => void response.on("drain", listener),
    onClose: (listener) => void response.once("close", listener),
    end: (chunk) => void response.end(chunk),
    destroy: () => response.destroy(),
  };
  stream.open(sink, { principal, accepted, lastEventId });
}
