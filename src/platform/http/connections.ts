// Keeps strangers from using up all connections. When there are too many, the one that waits longest without a
// request gives way: first those that never sent one (slow-loris, half-open), then idle ones; never one at work.
import type { Server as HttpServer } from "node:http";
import type { Socket } from "node:net";

export interface ConnectionLimits {
  readonly connections: number;
  /** Of one address. */
  readonly connectionsPerAddress: number;
}

interface Known {
  readonly address: string;
  requests: number;
  served: boolean;
}

export function guardConnections(server: HttpServer, limits: ConnectionLimits, secure: boolean) {
  // A Map keeps the order in which connections came.
  const open = new Map<Socket, Known>();
  const perAddress = new Map<string, number>();

  function forget(socket: Socket): void {
    const known = open.get(socket);
    if (!known || !open.delete(socket)) return;
    const left = (perAddress.get(known.address) ?? 1) - 1;
    if (left > 0) perAddress.set(known.address, left);
    else perAddress.delete(known.address);
  }

  /** True when one gave way. */
  function evict(matches: (known: Known) => boolean): boolean {
    for (const served of [false, true]) {
      for (const [socket, known] of open) {
        if (known.requests > 0 || known.served !== served || !matches(known)) continue;
        forget(socket);
        socket.destroy();
        return true;
      }
    }
    return false;
  }

  server.on(secure ? "secureConnection" : "connection", (socket: Socket) => {
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
    open.set(socket, { address, requests: 0, served: false });
    perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
    socket.once("close", () => forget(socket));
  });

  server.on("request", (request, response) => {
    const known = open.get(request.socket);
    if (!known) return;
    known.requests += 1;
    response.once("close", () => {
      known.requests -= 1;
      known.served = true;
    });
  });

  return { size: () => open.size };
}
