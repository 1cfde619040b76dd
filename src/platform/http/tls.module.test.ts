// HTTPS: a changed certificate is taken up without a restart, a broken one is not. Certificates are made by openssl.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { connect as connectPlain } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StartError } from "#platform/kernel";
import { startTestServer } from "./testing.js";
import { readCertificate, warnOfEnd, watchCertificate } from "./tls.js";

const openssl = spawnSync("openssl", ["version"]).status === 0;
let folder: string;
let files: { certPath: string; keyPath: string };

function makeCertificate(name: string): void {
  const { certPath, keyPath } = files;
  const options = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
  ];
  execFileSync(
    "openssl",
    [...options, "-subj", `/CN=${name}`, "-out", certPath, "-keyout", keyPath],
    { stdio: "ignore" },
  );
}

const nameAt = (port: number) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on("error", reject);
  });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tiffin-tls-"));
  files = { certPath: join(folder, "cert.pem"), keyPath: join(folder, "key.pem") };
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!openssl)("TLS", () => {
  it("serves HTTPS with HSTS", async () => {
    makeCertificate("first");
    const test = await startTestServer({ tls: files });
    expect(test.url).toMatch(/^https:/);
    expect(await nameAt(test.port)).toBe("first");
    await test.close();
  });

  it("takes up a changed certificate, and keeps a working one when the new one is broken", async () => {
    makeCertificate("first");
    const seen: string[] = [];
    const logger = { info: () => seen.push("taken"), error: () => seen.push("kept") } as never;
    let current = readCertificate(files);
    const server = { setSecureContext: (pair: object) => (current = pair as typeof current) };
    const stop = watchCertificate(files, server, logger, 20);
    const before = current;
    writeFileSync(files.certPath, "broken");
    await expect.poll(() => seen.includes("kept"), { timeout: 5_000 }).toBe(true);
    expect(current).toBe(before);
    makeCertificate("second");
    await expect.poll(() => seen.includes("taken"), { timeout: 5_000 }).toBe(true);
    expect(current).not.toBe(before);
    stop();
  });

  it("warns three weeks before the certificate ends, and after it ended", () => {
    makeCertificate("first"); // for two days
    const day = 86_400_000;
    const at = (days: number) => warnOfEnd(files.certPath, Date.now() + days * day);
    expect(at(-20)).toBeUndefined();
    expect(at(0)).toMatch(/ends on \d{4}-\d\d-\d\d, and then browsers refuse .*renewed one/);
    expect(at(3)).toMatch(/ended on /);
  });

  it("names the setting when a file cannot be used", async () => {
    makeCertificate("first");
    expect(() => readCertificate({ ...files, keyPath: join(folder, "none.pem") })).toThrow(
      /^TLS_KEY names/,
    );
    writeFileSync(files.keyPath, "broken");
    expect(() => readCertificate(files)).toThrow(StartError);
  });

  it("cuts handshakes that nobody goes on with, so that they hold neither a place nor a stop", async () => {
    makeCertificate("first");
    const test = await startTestServer({ tls: files, limits: { headersMs: 300 } });
    const silent = connectPlain(test.port, "127.0.0.1");
    silent.on("error", () => undefined);
    await new Promise((resolve) => silent.once("close", resolve));
    const last = connectPlain(test.port, "127.0.0.1").on("error", () => undefined);
    await new Promise((resolve) => last.once("connect", resolve));
    await test.close();
  });

  it("makes handshakes that nobody goes on with give way, so that many shut nobody out", async () => {
    makeCertificate("first");
    const limits = { connections: 4, connectionsPerAddress: 4 };
    const test = await startTestServer({ tls: files, limits });
    const silent = Array.from({ length: 20 }, () =>
      connectPlain(test.port, "127.0.0.1").on("error", () => undefined),
    );
    await Promise.all(
      silent.map((socket) => new Promise((resolve) => socket.once("connect", resolve))),
    );
    expect(await nameAt(test.port)).toBe("first");
    for (const socket of silent) socket.destroy();
    await test.close();
  });

  it("never cuts a request at work for another connection", async () => {
    makeCertificate("first");
    const limits = { connections: 2, connectionsPerAddress: 2 };
    const test = await startTestServer({ tls: files, limits });
    const ask = () =>
      new Promise<number>((resolve, reject) => {
        const headers = { authorization: "Bearer cook" };
        get(
          `${test.url}/api/slow`,
          { headers, rejectUnauthorized: false, agent: false },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode ?? 0);
          },
        ).on("error", reject);
      });
    const running = [ask(), ask()];
    await new Promise((resolve) => setTimeout(resolve, 150));
    await expect(nameAt(test.port)).rejects.toThrow();
    expect(await Promise.all(running)).toEqual([200, 200]);
    await test.close();
  });

  it("cuts plain requests, and serves others", async () => {
    makeCertificate("first");
    const test = await startTestServer({ tls: files });
    await expect(fetch(test.url.replace("https", "http"))).rejects.toThrow();
    expect(await nameAt(test.port)).toBe("first");
    await test.close();
  });
});
