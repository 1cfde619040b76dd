// Another process attacks from the same address while a till works: no request of the till may fail or take long.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { startTestServer } from "./testing.js";

const ATTACK_MS = 6_000;
/** What a cashier still bears. */
const PATIENCE_MS = 2_000;

// Each keeps as many connections busy as it can, in its own way, until it is killed.
const attacks = {
  "slow-loris": `
    const open = () => {
      const socket = net.connect(port, "127.0.0.1", () => socket.write("GET /api/dishes HTTP/1.1\\r\\nHost: x\\r\\n"));
      const drip = setInterval(() => socket.write("X-a: b\\r\\n"), 500);
      socket.on("error", () => {});
      socket.on("close", () => { clearInterval(drip); setTimeout(open, 50); });
    };
    for (let i = 0; i < 1000; i++) open();`,
  "half-open": `
    const open = () => {
      const socket = net.connect(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.on("close", () => setTimeout(open, 50));
    };
    for (let i = 0; i < 1500; i++) open();`,
  "slow body": `
    const open = () => {
      const socket = net.connect(port, "127.0.0.1", () =>
        socket.write("POST /api/dishes HTTP/1.1\\r\\nHost: x\\r\\nContent-Type: application/json\\r\\nContent-Length: 200000\\r\\n\\r\\n{"));
      socket.on("error", () => {});
      socket.on("data", () => {});
      socket.on("close", () => setTimeout(open, 250));
    };
    for (let i = 0; i < 300; i++) open();`,
  flood: `
    const open = () => {
      const socket = net.connect(port, "127.0.0.1", () => fire());
      const fire = () => socket.write("GET /api/dishes HTTP/1.1\\r\\nHost: x\\r\\nAuthorization: Bearer guess" + Math.random() + "\\r\\n\\r\\n");
      socket.on("data", fire);
      socket.on("error", () => {});
      socket.on("close", () => setTimeout(open, 20));
    };
    for (let i = 0; i < 50; i++) open();`,
};

let attacker: ChildProcess | undefined;
afterEach(async () => {
  if (attacker?.exitCode === null && attacker.kill("SIGKILL")) await once(attacker, "exit");
});

describe("a till under attack", () => {
  it.each(Object.entries(attacks))("works on during a %s", async (_name, script) => {
    const test = await startTestServer();
    attacker = spawn(
      process.execPath,
      ["-e", `const net = require("node:net"); const port = ${test.port}; ${script}`],
      { stdio: "ignore" },
    );
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const until = performance.now() + ATTACK_MS;
    let served = 0;
    let slowest = 0;
    while (performance.now() < until) {
      const startedAt = performance.now();
      // A till that asks on a new connection: one that was kept could hide that new ones are refused.
      const response = await test.as("cook", "/api/dishes", {
        headers: { connection: "close" },
        signal: AbortSignal.timeout(10_000),
      });
      expect(response.status).toBe(200);
      await response.text();
      slowest = Math.max(slowest, performance.now() - startedAt);
      served += 1;
    }
    expect(served).toBeGreaterThan(5);
    expect(slowest).toBeLessThan(PATIENCE_MS);
    await test.close();
  });
});
