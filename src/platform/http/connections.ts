// Keeps strangers from using up all connections. When there are too many, one gives way that the server does nothing
// for: first those that never asked for anything (slow-loris, half-open, half-done TLS handshakes), then those whose
// client lets us wait for the rest of a request or takes no answer; never one at work. Among equals the oldest.
import type {
  IncomingMessage,
  RequestListener,
  Server as HttpServer,
  ServerResponse,
} from "node:http";
import type { Socket } from "node:net";

export interface ConnectionLimits {
  readonly connections: number;
  /** Of one address. */
  readonly connectionsPerAddress: number;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Known {
  readonly address: string;
  readonly exchanges: Set<Exchange>;
  served: boolean;
}

/** It is the client's turn: to send what is missing, or to take what was written. */
const waitsForClient = ({ request, response }: Exchange): boolean =>
  !request.complete || response.writableEnded || response.writableNeedDrain;

/** The lower, the sooner it gives way; undefined for one at work. A client that reconnects loses nothing by an idle
 *  connection, so those that were served go before those that are slow. */
function rankOf({ exchanges, served }: Known): number | undefined {
  if (exchanges.size === 0) return served ? 2 : 0;
  for (const exchange of exchanges) if (!waitsForClient(exchange)) return undefined;
  return served ? 3 : 1;
}

/** Of one connection. Browsers and proxies wait for an answer before they ask again; one more is for those who do not. */
const REQUESTS_AT_ONCE = 2;

/** Cuts a connection that asks for more while it is owed answers: thousands of requests fit into one packet, and whoever
 *  then takes no answer would fill the memory with them. */
export function refuseBacklogs(listener: RequestListener): RequestListener {
  const underWay = new WeakMap<Socket, number>();
  return (request, response) => {
    const { socket } = request;
    // What came in the same packet as the one that was too much.
    if (socket.destroyed) return;
    const count = underWay.get(socket) ?? 0;
    if (count >= REQUESTS_AT_ONCE) {
      socket.destroy();
      return;
    }
    underWay.set(socket, count + 1);
    response.once("close", () => underWay.set(socket, (underWay.get(socket) ?? 1) - 1));
    listener(request, response);
  };
}

export function guardConnections(server: HttpServer, limits: ConnectionLimits, secure: boolean) {
  // A Map keeps the order in which connections came.
  const open = new Map<Socket, Known>();
  const perAddress = new Map<string, number>();
  /** With TLS, requests come on another socket than the one that was accepted; both have the same peer. */
  const handshakes = new Map<string, Known>();
  const secured = new WeakMap<Socket, Known>();
  const peerOf = ({ remoteAddress, remotePort }: Socket) =>
    `${String(remoteAddress)} ${String(remotePort)}`;

  function forget(socket: Socket): void {
    const known = open.get(socket);
    if (!known || !open.delete(socket)) return;
    const left = (perAddress.get(known.address) ?? 1) - 1;
    if (left > 0) perAddress.set(known.address, left);
    else perAddress.delete(known.address);
  }

  /** True when one gave way. */
  function evict(matches: (known: Known) => boolean): boolean {
    let first: { readonly socket: Socket; readonly rank: number } | undefined;
    for (const [socket, known] of open) {
      if (!matches(known)) continue;
      const rank = rankOf(known);
      if (rank === undefined || (first && first.rank <= rank)) continue;
      first = { socket, rank };
      if (rank === 0) break;
    }
    if (!first) return false;
    forget(first.socket);
    first.socket.destroy();
    return true;
  }

  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const count = perAddress.get(address) ?? 0;
    const crowded = count >= limits.connectionsPerAddress;
    if (crowded || open.size >= limits.connections) {
      const room = evict(crowded ? (known) => known.address === address : () => true);
      if (!room) {
        socket.destroy();
        return;
      }
    }
    const known: Known = { address, exchanges: new Set(), served: false };
    open.set(socket, known);
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    const peer = peerOf(socket);
    if (secure) handshakes.set(peer, known);
    socket.once("close", () => {
      forget(socket);
      if (handshakes.get(peer) === known) handshakes.delete(peer);
    });
  });

  if (secure) {
    server.on("secureConnection", (socket: Socket) => {
      const peer = peerOf(socket);
      const known = handshakes.get(peer);
      handshakes.delete(peer);
      if (known) secured.set(socket, known);
    });
  }

  server.on("request", (request, response) => {
    const known = secure ? secured.get(request.socket) : open.get(request.socket);
    if (!known) return;
    const exchange = { request, response };
    known.exchanges.add(exchange);
    response.once("close", () => {
      known.exchanges.delete(exchange);
      known.served = true;
    });
  });

  return { size: () => open.size };
}
