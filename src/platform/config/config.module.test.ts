// The settings: what is read, what is refused and in which words. Reads .env files from a temporary folder.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StartError } from "#platform/kernel";
import { isLoopback, loadConfig, renderExample } from "./index.js";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "tiffin-config-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const messageOf = (env: Record<string, string>): string => {
  try {
    loadConfig(env, { cwd });
  } catch (error) {
    expect(error).toBeInstanceOf(StartError);
    return (error as Error).message;
  }
  throw new Error("Nothing was refused");
};

describe("settings", () => {
  it("has a working default for everything", () => {
    expect(loadConfig({}, { cwd })).toMatchObject({
      port: 3000,
      host: "127.0.0.1",
      dataDir: join(cwd, "data"),
      logLevel: "info",
      databaseUrl: undefined,
      mongodbUrl: undefined,
      databaseRoles: "own",
      sample: true,
      tls: undefined,
    });
  });

  it("reads .env, and lets the environment win over it", () => {
    writeFileSync(join(cwd, ".env"), "PORT=4000 # till\nHOST='0.0.0.0'\n");
    expect(loadConfig({ PORT: "5000" }, { cwd })).toMatchObject({ port: 5000, host: "0.0.0.0" });
  });

  it("takes an empty value as unset", () => {
    expect(loadConfig({ PORT: "", DATABASE_URL: "" }, { cwd })).toMatchObject({
      port: 3000,
      databaseUrl: undefined,
    });
  });

  it.each([
    ["PORT", "70000"],
    ["PORT", "-1"],
    ["PORT", "3e3"],
    ["HOST", "http://localhost"],
    ["LOG_LEVEL", "loud"],
    ["DATABASE_URL", "mysql://localhost/x"],
    ["MONGODB_URL", "localhost:27017"],
    ["DATABASE_ROLES", "many"],
    ["TIFFIN_SAMPLE", "yes"],
    ["TIFFIN_SECRET", "short"],
    ["EVENT_RETENTION_DAYS", "0"],
    ["REQUESTS_PER_MINUTE", "many"],
  ])("refuses %s=%s in one sentence that names the setting and the remedy", (name, value) => {
    expect(messageOf({ [name]: value })).toMatch(new RegExp(`^${name} .+: set it to .+\\.$`));
  });

  it("never repeats a secret value", () => {
    expect(messageOf({ DATABASE_URL: "mysql://root:hunter2@db/x" })).not.toContain("hunter2");
  });

  it("names every wrong setting at once", () => {
    const lines = messageOf({ PORT: "x", LOG_LEVEL: "y" }).split("\n");
    expect(lines).toHaveLength(2);
  });

  it("refuses a certificate without its key", () => {
    expect(messageOf({ TLS_CERT: "c.pem" })).toContain("TLS_CERT is set without TLS_KEY");
    expect(messageOf({ TLS_KEY: "k.pem" })).toContain("TLS_KEY is set without TLS_CERT");
  });

  it("names an unknown TIFFIN_ setting, since it is a typing error", () => {
    expect(messageOf({ TIFFIN_SAMPEL: "0" })).toContain("TIFFIN_SAMPEL is not a setting");
  });

  it.each([
    [
      "MONGO_URL=mongodb://db",
      "sets MONGO_URL, which is not a setting of Tiffin: correct it to MONGODB_URL",
    ],
    ["export MONGO_URI = x", "correct it to MONGODB_URL"],
    ["DATABASE_ULR=postgres://u:hunter2@db/x", "correct it to DATABASE_URL"],
    ["mongodb_url=mongodb://db", "correct it to MONGODB_URL"],
    ["LOGLEVEL=warn", "correct it to LOG_LEVEL"],
    [
      "MONGODB_URL: mongodb://u:hunter2@db/?replicaSet=a",
      "has no equals sign behind MONGODB_URL: write it as MONGODB_URL=…",
    ],
    ["DATABASE_URL postgres://u:hunter2@db/x", "has no equals sign behind DATABASE_URL"],
  ])(
    "refuses %s in .env and names the line, or the server would start on other databases",
    (wrong, said) => {
      for (const rest of ["", "\nLOG_LEVEL=warn\n"]) {
        writeFileSync(join(cwd, ".env"), `# ours\nPORT=4000\n\n${wrong}${rest}`);
        const message = messageOf({});
        expect(message).toContain(`Line 4 of ${join(cwd, ".env")} `);
        expect(message).toContain(said);
        expect(message.split("\n")).toHaveLength(1);
        expect(message).not.toContain("hunter2");
      }
    },
  );

  it("tells what else does nothing in .env, but leaves the environment and well-known names alone", () => {
    const known = "NODE_ENV=production\nNODE_OPTIONS=--x\nTZ=UTC\nCI=1\nPGHOST=db\n";
    writeFileSync(join(cwd, ".env"), `\uFEFFPORT=4000\n${known}SMTP_SERVER=mail\n`);
    const { port, warnings } = loadConfig({ MONGO_URL: "x", HOSTS: "y", PATH: "z" }, { cwd });
    expect(port).toBe(4000);
    expect(warnings).toEqual([
      `Line 7 of ${join(cwd, ".env")} sets SMTP_SERVER, which is not a setting of Tiffin: it does nothing.`,
    ]);
  });

  it("knows which hosts only this machine can reach", () => {
    expect(["127.0.0.1", "127.9.9.9", "::1", "localhost"].map(isLoopback)).not.toContain(false);
    expect(["0.0.0.0", "::", "192.168.0.5", "127.evil.example"].map(isLoopback)).not.toContain(
      true,
    );
  });

  it("keeps .env.example equal to the table (vitest -u writes it)", async () => {
    const path = fileURLToPath(new URL("../../../.env.example", import.meta.url));
    await expect(renderExample()).toMatchFileSnapshot(path);
  });

  it("can be started with the example copied as it is", () => {
    const defaults = loadConfig({}, { cwd });
    writeFileSync(join(cwd, ".env"), renderExample().replaceAll(/^#(?=[A-Z])/gm, ""));
    expect(loadConfig({}, { cwd })).toEqual(defaults);
  });
});
