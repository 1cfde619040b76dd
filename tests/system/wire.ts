// The network between Tiffin and a database, as a test can spoil it: a small TCP proxy.
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** sound: all arrives. cut: nobody gets through, and who was through is thrown out. lost: requests arrive, and in place
 *  of the answer comes a reset. held: answers arrive when the fault ends. slow: each answer arrives that much later.
 *  dead: requests arrive, answers never do, and nobody is told, not even when the fault ends; all that are connected
 *  then, and those that connect while it lasts. */
export type Condition = "sound" | "cut" | "lost" | "held" | "slow" | "dead";

export type Wire = Awaited<ReturnType<typeof openWire>>;

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  /** Answers that wait for the end of the fault. */
  held: Buffer[];
  /** Nothing comes back on it any more. */
  dead: boolean;
}

/** `target` is asked for each new connection: a server may come back elsewhere. */
export async function openWire(target: () => { host: string; port: number } | { path: string }) {
  const lines = new Set<Line>();
  let condition: Condition = "sound";
  let slowMs = 0;

  function answer(line: Line, chunk: Buffer): void {
    if (line.dead || condition === "dead") line.dead = true;
    else if (condition === "lost") line.client.resetAndDestroy();
    else if (condition === "held" || line.held.length > 0) line.held.push(chunk);
    else if (condition === "slow") setTimeout(() => line.client.write(chunk), slowMs);
    else line.client.write(chunk);
  }

  const proxy = createServer((client) => {
    if (condition === "cut") {
      client.resetAndDestroy();
      return;
    }
    client.setNoDelay(true);
    const server = connect({ ...target(), noDelay: true });
    const line: Line = { client, server, held: [], dead: false };
    lines.add(line);
    client.on("data", (chunk) => server.write(chunk));
    server.on("data", (chunk) => answer(line, chunk));
    const end = () => {
      lines.delete(line);
      client.destroy();
      server.destroy();
    };
    for (const side of [client, server]) side.on("error", end).on("close", end);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const { port } = proxy.address() as AddressInfo;

  return {
    port,
    /** The same address, through this wire. */
    through(url: string): string {
      const through = new URL(url);
      through.hostname = "127.0.0.1";
      through.port = String(port);
      return through.href;
    },
    become(next: Condition, ms = 0): void {
      condition = next;
      slowMs = ms;
      if (next === "dead") for (const line of lines) line.dead = true;
      if (next === "cut") for (const { client } of lines) client.resetAndDestroy();
      if (next !== "sound") return;
      for (const line of lines) for (const chunk of line.held.splice(0)) line.client.write(chunk);
    },
    async close(): Promise<void> {
      for (const { client, server } of lines) {
        client.destroy();
        server.destroy();
      }
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}
