// How the tools know the server that run.json tells of, and that nobody else gets its token. Certificates: openssl.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import {
  createServer as createPlain,
  type RequestListener,
  type Server as PlainServer,
} from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { readCertificate } from "../platform/http/tls.js";
import { NoAnswer, OtherServer } from "./client.js";
import { createApi, findRunning, writeRunFile } from "./server.js";

const openssl = spawnSync("openssl", ["version"]).status === 0;
let folder: string;
let seen: (string | undefined)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tools-"));
  seen = [];
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const answer: RequestListener = ({ headers }, response) => {
  seen.push(headers.authorization);
  response.end('{"status":"alive"}');
};

/** Self-signed, for a name that is not the address. */
function makeCertificate(name: string) {
  const files = { certPath: join(folder, `${name}.pem`), keyPath: join(folder, `${name}.key`) };
  const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
  const where = ["-subj", "/CN=till.example", "-out", files.certPath, "-keyout", files.keyPath];
  execFileSync("openssl", [...made.split(" "), ...where], { stdio: "ignore" });
  return files;
}

async function listen(server: Server | PlainServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe.skipIf(!openssl)("over TLS", () => {
  it("reach the server by its certificate alone, also after it was renewed", async () => {
    const files = makeCertificate("own");
    const server = createServer(readCertificate(files), answer);
    const url = `https://127.0.0.1:${await listen(server)}`;
    const run = { url, pid: process.pid, operatorToken: "secret", certPath: files.certPath };
    await writeRunFile(folder, run);
    expect(await findRunning(folder)).toEqual(run);
    const api = createApi(url, "secret", files.certPath);
    expect(await api.call("POST", "/api/x", { some: "thing" })).toEqual({ status: "alive" });
    expect(seen).toEqual([undefined, "Bearer secret"]);

    makeCertificate("own");
    server.setSecureContext(readCertificate(files));
    expect(await findRunning(folder)).toEqual(run);
    expect(await createApi(url, "secret", files.certPath).call("GET", "/")).toBeDefined();
    server.closeAllConnections(); // also the one that was kept from before
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await api.call("GET", "/")).toBeDefined();
  });

  it("send nothing to whoever shows another certificate, and say so", async () => {
    const { certPath } = makeCertificate("own");
    const server = createServer(readCertificate(makeCertificate("other")), answer);
    const url = `https://127.0.0.1:${await listen(server)}`;
    await writeRunFile(folder, { url, pid: process.pid, operatorToken: "secret", certPath });
    await expect(findRunning(folder)).rejects.toThrow(/another certificate.*own\.pem/);
    for (const trusted of [certPath, undefined, join(folder, "none.pem")]) {
      const call = createApi(url, "secret", trusted).call("GET", "/");
      await expect(call).rejects.toBeInstanceOf(OtherServer);
    }
    expect(seen).toEqual([]);
  });
});

describe("the server of run.json", () => {
  const runAt = (url: string) =>
    writeRunFile(folder, { url, pid: process.pid, operatorToken: "secret" });

  it("is none where none was left or nobody answers", async () => {
    expect(await findRunning(folder)).toBeUndefined();
    await runAt("http://127.0.0.1:1");
    expect(await findRunning(folder)).toBeUndefined();
    const call = createApi("http://127.0.0.1:1", "secret").call("GET", "/");
    await expect(call).rejects.toBeInstanceOf(NoAnswer);
  });

  it("is not taken for another program at its address, which gets no token", async () => {
    const server = createPlain((request, response) => {
      response.statusCode = 404;
      answer(request, response);
    });
    await runAt(`http://127.0.0.1:${await listen(server)}`);
    await expect(findRunning(folder)).rejects.toThrow(
      /is not the server that .*run\.json tells of/,
    );
    expect(seen).toEqual([undefined]);
  });

  it("has broken off when its answer ends early", async () => {
    const server = createPlain((_request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("{");
      setTimeout(() => response.destroy(), 20);
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    await expect(createApi(url, "secret").call("GET", "/")).rejects.toBeInstanceOf(NoAnswer);
  });
});
