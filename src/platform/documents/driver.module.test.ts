// A command on a connection that the server ended in this very turn of the event loop.
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { setImmediate as afterThisTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { DriverConnection, mendDriver } from "./driver.js";

it("fails when the server has just ended the connection, and does not wait for ever", async () => {
  mendDriver();
  const server = createServer((socket) => void socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const connection = new DriverConnection(socket, { id: 1, hostAddress: {}, generation: 0 });
  await once(socket, "end");
  await afterThisTurn(); // the socket is destroyed, but has not said so yet
  expect(socket.destroyed).toBe(true);
  const command = { toBin: () => Promise.resolve([Buffer.from("ping")]) };
  await expect(connection.writeCommand(command, { agreedCompressor: "none" })).rejects.toThrow(
    "closed while it was written to",
  );
  server.close();
});
