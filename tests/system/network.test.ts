// A server that the network can reach: it says so when it has no TLS, the sample's PINs do not open it, and with TLS it
// takes up a new certificate while it runs. Certificates are made by openssl.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig } from "#platform/config";
import { createApi, findRunning } from "../../src/cli/server.js";
import { startTiffin, type Tiffin } from "../../src/start.js";
import { eventually, Till } from "./tiffin.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tiffin-network-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (env: Record<string, string>): Promise<Tiffin> =>
  startTiffin(
    loadConfig(
      { DATA_DIR: join(folder, "data"), PORT: "0", LOG_LEVEL: "silent", ...env },
      { cwd: folder },
    ),
  );
const WITHOUT_TLS = "The network can reach this server without TLS";

it("binds to this machine only unless HOST says otherwise, and then warns without TLS and closes the sample PINs", async () => {
  const own = await start({});
  expect(own.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(own.summary.warnings.join()).not.toContain(WITHOUT_TLS);
  expect(own.summary.network).toEqual([]);
  await own.stop();

  const open = await start({ HOST: "0.0.0.0" });
  try {
    expect(open.summary.warnings.join()).toContain(WITHOUT_TLS);
    expect(open.summary.samplePins).toEqual([]);
    for (const address of open.summary.network)
      expect((await fetch(`${address}/healthz`)).status, address).toBe(200);
    const nobody = new Till(open.url, "");
    for (const [name, pin] of [
      ["Cashier", "2222"],
      ["Kitchen", "3333"],
    ]) {
      const { status, body } = await nobody.send("POST", "/api/sessions", { name, pin });
      expect([status, body.code]).toEqual([403, "sample-staff-closed"]);
    }
    // The sample's manager got a PIN of their own, shown once: the known one is a wrong one.
    const { firstManager } = open.summary;
    const manager = { name: "Manager", pin: "1111" };
    expect((await nobody.send("POST", "/api/sessions", manager)).status).toBe(401);
    const known = await nobody.send("POST", "/api/sessions", { ...firstManager });
    expect([known.status, known.body.staff.mustChangePin]).toEqual([201, true]);
    expect((await nobody.get("/api/sessions/options")).body).not.toHaveProperty("samplePins");
  } finally {
    await open.stop();
  }
});

describe.skipIf(spawnSync("openssl", ["version"]).status !== 0)("with TLS", () => {
  const paths = () => ({ cert: join(folder, "cert.pem"), key: join(folder, "key.pem") });

  function makeCertificate(name: string): void {
    const { cert, key } = paths();
    const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2".split(
      " ",
    );
    execFileSync("openssl", [...made, "-subj", `/CN=${name}`, "-out", cert, "-keyout", key], {
      stdio: "ignore",
    });
  }

  const nameAt = (url: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(
        { port: Number(new URL(url).port), host: "127.0.0.1", rejectUnauthorized: false },
        () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        },
      );
      socket.on("error", reject);
    });

  const headersOf = (url: string, body?: object) =>
    new Promise<IncomingHttpHeaders>((resolve, reject) => {
      const headers = { "content-type": "application/json" };
      const method = body ? "POST" : "GET";
      request(url, { method, headers, rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.headers);
      })
        .on("error", reject)
        .end(body && JSON.stringify(body));
    });

  it("does not warn, tells browsers to stay with it, and takes up a new certificate without a restart", async () => {
    makeCertificate("first");
    const { cert, key } = paths();
    const open = await start({ HOST: "0.0.0.0", TLS_CERT: cert, TLS_KEY: key });
    try {
      expect(open.url).toMatch(/^https:/);
      expect(open.summary.warnings.join()).not.toContain(WITHOUT_TLS);
      expect(await nameAt(open.url)).toBe("first");
      const signedIn = await headersOf(`${open.url}/api/sessions`, open.summary.firstManager);
      expect(signedIn["strict-transport-security"]).toContain("max-age=");
      expect(signedIn["set-cookie"]?.join()).toMatch(/HttpOnly; SameSite=Strict; .*Secure/);
      makeCertificate("second");
      await eventually(
        () => nameAt(open.url),
        (name) => name === "second",
      );
      // The tools of this account know it by that certificate, which is for no address and signed by nobody.
      const run = await findRunning(join(folder, "data"));
      expect(run?.url).toBe(open.url);
      const operator = createApi(open.url, open.operatorToken, run?.certPath);
      expect(await operator.call("GET", "/api/staff")).toHaveProperty("items");
    } finally {
      await open.stop();
    }
  });
});
