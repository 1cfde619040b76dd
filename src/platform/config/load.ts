// Reads the settings from the environment and .env, checks all of them and names everything that is wrong at once.
import { isIP } from "node:net";
import { resolve } from "node:path";
import type { z } from "zod";
import { StartError } from "#platform/kernel";
import { readEnvFile } from "./env-file.js";
import { type Setting, type SettingName, settings } from "./settings.js";

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly behindProxy: Value<"BEHIND_PROXY">;
  /** Absolute. */
  readonly dataDir: string;
  readonly logLevel: Value<"LOG_LEVEL">;
  readonly databaseUrl: string | undefined;
  readonly databaseRoles: Value<"DATABASE_ROLES">;
  readonly mongodbUrl: string | undefined;
  readonly adoptDocumentsOf: string | undefined;
  readonly sample: boolean;
  readonly secret: string | undefined;
  /** Absolute paths. */
  readonly tls: { readonly certPath: string; readonly keyPath: string } | undefined;
  readonly eventRetentionDays: number;
  readonly eventMaxAttempts: number;
  readonly reportTimeoutSeconds: number;
  /** 0 is without limit. */
  readonly requestsPerMinute: number;
  readonly maxConnections: number;
  /** What was given and changes nothing: one sentence each. */
  readonly warnings: readonly string[];
}

type Value<Name extends SettingName> = z.output<(typeof settings)[Name]["schema"]>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** For tests that kill; not for the outside. */
const INTERNAL = new Set(["TIFFIN_CRASH_AT", "TIFFIN_CRASH_AFTER"]);

/** The environment wins over `.env` in `cwd`; an empty value counts as unset. Throws StartError. */
export function loadConfig(
  env: Environment = process.env,
  { cwd = process.cwd() }: { cwd?: string } = {},
): Config {
  const file = readEnvFile(resolve(cwd, ".env"));
  const given = (name: string) => (env[name] || file.values[name] || undefined)?.trim();
  const faults = [...file.faults, ...unknownSettings({ ...file.values, ...env })];

  const read = <Name extends SettingName>(name: Name): Value<Name> | undefined => {
    const { schema, secret, remedy, ...setting }: Setting = settings[name];
    const value = given(name) ?? setting.default;
    if (value === undefined) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data as Value<Name>;
    const shown = secret
      ? "has an unusable value"
      : `is "${value.slice(0, 100)}", which is not usable`;
    faults.push(`${name} ${shown}: set it to ${remedy}.`);
    return undefined;
  };
  const required = <Name extends SettingName>(name: Name) => read(name) as Value<Name>;

  const certificate = read("TLS_CERT");
  const key = read("TLS_KEY");
  if ((certificate === undefined) !== (key === undefined)) {
    const [set, missing] =
      certificate === undefined ? ["TLS_KEY", "TLS_CERT"] : ["TLS_CERT", "TLS_KEY"];
    faults.push(`${set} is set without ${missing}: set both to use HTTPS, or remove it.`);
  }
  const config: Config = {
    port: required("PORT"),
    host: required("HOST"),
    behindProxy: required("BEHIND_PROXY"),
    dataDir: resolve(cwd, required("DATA_DIR")),
    logLevel: required("LOG_LEVEL"),
    databaseUrl: read("DATABASE_URL"),
    databaseRoles: required("DATABASE_ROLES"),
    mongodbUrl: read("MONGODB_URL"),
    adoptDocumentsOf: read("ADOPT_DOCUMENTS_OF"),
    sample: required("TIFFIN_SAMPLE"),
    secret: read("TIFFIN_SECRET"),
    tls:
      certificate === undefined || key === undefined
        ? undefined
        : { certPath: resolve(cwd, certificate), keyPath: resolve(cwd, key) },
    eventRetentionDays: required("EVENT_RETENTION_DAYS"),
    eventMaxAttempts: required("EVENT_MAX_ATTEMPTS"),
    reportTimeoutSeconds: required("REPORT_TIMEOUT_SECONDS"),
    requestsPerMinute: required("REQUESTS_PER_MINUTE"),
    maxConnections: required("MAX_CONNECTIONS"),
    warnings: file.warnings,
  };
  if (faults.length > 0) throw new StartError(faults.join("\n"));
  return config;
}

/** True when only this machine can reach it. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));

/** A setting with our prefix that nobody reads is a typing error, and silence would hide it. */
function* unknownSettings(env: Environment): Generator<string> {
  for (const name of Object.keys(env).sort()) {
    if (!name.startsWith("TIFFIN_") || name in settings || INTERNAL.has(name)) continue;
    const known = Object.keys(settings).filter((setting) => setting.startsWith("TIFFIN_"));
    yield `${name} is not a setting of Tiffin: remove it, or correct it to one of ${known.join(", ")}.`;
  }
}
