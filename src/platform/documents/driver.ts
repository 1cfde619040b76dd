// Mends the driver (mongodb 7.9 and older). A command that is written to a socket in the same turn of the event loop in
// which the server's end of it arrived waits for the socket's "drain", which a destroyed socket never emits. When a
// server dies that happens easily, and when it happens to the driver's own monitor, the driver never looks for the server
// again: only a restart of the process would help. Here such a command fails when its socket closes.
import { createRequire } from "node:module";
import type { Socket } from "node:net";
import { mongo } from "mongoose";

interface DriverConnection {
  readonly socket: Socket;
  writeCommand(command: unknown, options: unknown): Promise<void>;
}

// The driver keeps its connections to itself.
const ofMongoose = createRequire(createRequire(import.meta.url).resolve("mongoose"));
export const { Connection: DriverConnection } = ofMongoose("mongodb/lib/cmap/connection.js") as {
  Connection: new (socket: Socket, options: object) => DriverConnection;
};

const { writeCommand } = DriverConnection.prototype as DriverConnection;

async function writeOrFail(this: DriverConnection, command: unknown, options: unknown) {
  let onClose = () => undefined as void;
  const closed = new Promise<void>((_resolve, reject) => {
    onClose = () =>
      reject(new mongo.MongoNetworkError("the connection closed while it was written to"));
    this.socket.once("close", onClose);
  });
  try {
    await Promise.race([writeCommand.call(this, command, options), closed]);
  } finally {
    this.socket.off("close", onClose);
  }
}

/** Once for the process, before the first connection. Repeated: no change. */
export function mendDriver(): void {
  (DriverConnection.prototype as DriverConnection).writeCommand = writeOrFail;
}
