// The socket side: connections, limits, answers in order. A client that breaks the protocol loses its
// connection and nobody else notices.
import { createServer, type Server, type Socket } from "node:net";
import type { Client } from "./commands/command.js";
import type { Document } from "./codec.js";
import { describe } from "./errors.js";
import { BadRequest, encodeReply, FrameReader, parseRequest, type Request } from "./wire.js";

const MAX_CONNECTIONS = 2000;
/** Unfinished messages of all clients together. */
const MAX_BUFFERED_BYTES = 256 * 1024 * 1024;
/** How long a message may take from its first byte to its last. */
const MAX_MESSAGE_MS = 60_000;
const MAX_UNANSWERED = 200;

/** Undefined: no answer, the connection is closed instead. */
export type Handle = (command: Document, client: Client) => Promise<Document | undefined>;

export interface Listener {
  server: Server;
  connections(): { current: number; available: number; totalCreated: number };
  /** Drops partial messages that do not end; called every second or so. */
  sweep(now?: number): void;
  close(): void;
}

interface Connection {
  socket: Socket;
  reader: FrameReader;
  partialSince: number | undefined;
  unanswered: number;
  replies: Promise<void>;
}

export function createListener(handle: Handle): Listener {
  const open = new Set<Connection>();
  let totalCreated = 0;
  let buffered = 0;

  const server = createServer({ noDelay: true }, (socket) => {
    const client: Client = { id: ++totalCreated };
    const connection: Connection = {
      socket,
      reader: new FrameReader(),
      partialSince: undefined,
      unanswered: 0,
      replies: Promise.resolve(),
    };
    open.add(connection);
    socket.on("data", (chunk) => {
      const before = connection.reader.buffered;
      try {
        for (const frame of connection.reader.push(chunk)) accept(connection, frame, client);
      } catch {
        socket.destroy(); // not the protocol, or no longer: there is nothing to answer to
      }
      const { buffered: after } = connection.reader;
      buffered += after - before;
      connection.partialSince = after > 0 ? (connection.partialSince ?? Date.now()) : undefined;
      if (after > 0 && buffered > MAX_BUFFERED_BYTES) socket.destroy();
    });
    socket.on("drain", () => socket.resume());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      buffered -= connection.reader.buffered;
      open.delete(connection);
    });
  });
  server.maxConnections = MAX_CONNECTIONS;

  function accept(connection: Connection, frame: Buffer, client: Client): void {
    const { socket } = connection;
    let request: Pick<Request, "requestId" | "legacy" | "silent">;
    let answer: Promise<Document | undefined> | Document;
    try {
      const parsed = parseRequest(frame);
      request = parsed;
      answer = handle(parsed.command, client);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      request = { requestId: error.requestId, legacy: false, silent: false };
      answer = { ok: 0, ...describe(error.reason) };
    }
    if (++connection.unanswered > MAX_UNANSWERED) socket.pause();
    // Commands run as they come; their answers leave in the same order.
    connection.replies = connection.replies.then(async () => {
      const reply = await answer;
      connection.unanswered--;
      if (reply === undefined) socket.destroy();
      if (reply === undefined || socket.destroyed) return;
      const flowing = request.silent || socket.write(encode(request, reply));
      if (!flowing) socket.pause();
      else if (socket.isPaused()) socket.resume();
    });
  }

  return {
    server,
    connections: () => ({
      current: open.size,
      available: MAX_CONNECTIONS - open.size,
      totalCreated,
    }),
    sweep(now = Date.now()) {
      for (const { partialSince, socket } of open)
        if (partialSince !== undefined && now - partialSince > MAX_MESSAGE_MS) socket.destroy();
    },
    close() {
      server.close();
      for (const { socket } of open) socket.destroy();
    },
  };
}

/** An answer that cannot be written (too deep, not BSON) still gets one. */
function encode(request: Pick<Request, "requestId" | "legacy">, reply: Document): Buffer {
  try {
    return encodeReply(request, reply);
  } catch (error) {
    return encodeReply(request, { ok: 0, ...describe(error) });
  }
}
