// Every setting: its default, its unit and what it is for. The configuration and .env.example are made from this table.
import { z } from "zod";

export interface Setting<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** As one would write it; undefined means unset. */
  readonly default: string | undefined;
  readonly unit: string;
  readonly description: string;
  /** Completes "Set PORT to …". */
  readonly remedy: string;
  /** Its value is never repeated in a message. */
  readonly secret?: true;
}

const setting = <Schema extends z.ZodType>(entry: Setting<Schema>) => entry;

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(min).max(max));

const url = (...protocols: string[]) =>
  z.string().refine((value) => {
    return URL.canParse(value) && protocols.includes(new URL(value).protocol);
  });

// Several hosts make a MongoDB address that the URL parser refuses; the driver judges the rest.
const mongoUrl = z.string().regex(/^mongodb(\+srv)?:\/\/\S+$/);

export const settings = {
  PORT: setting({
    schema: whole(0, 65_535),
    default: "3000",
    unit: "port number, 0 takes a free one",
    description: "Where the server listens.",
    remedy: "a number from 0 to 65535",
  }),
  HOST: setting({
    schema: z.string().regex(/^[\w.:-]{1,255}$/),
    default: "127.0.0.1",
    unit: "address or host name",
    description:
      "Who can reach the server: 127.0.0.1 is this machine only, 0.0.0.0 is the network; then use TLS.",
    remedy: "an address such as 127.0.0.1, without protocol and port",
  }),
  BEHIND_PROXY: setting({
    schema: z
      .enum(["0", "1", "x-forwarded-for"])
      .transform((value) => (value === "x-forwarded-for" ? value : value === "1")),
    default: "0",
    unit: "1, x-forwarded-for or 0",
    description:
      "1 where a proxy on this machine passes requests of others on: then nobody counts as sitting at this machine, where a PIN is enough. x-forwarded-for where it also adds each caller's address to that header, as its last entry: then limits and wrong guesses count for each caller, and not for all of them together.",
    remedy: "1, x-forwarded-for or 0",
  }),
  DATA_DIR: setting({
    schema: z.string(),
    default: "./data",
    unit: "path, from the working directory",
    description: "Where the embedded databases and the secret live. Back this up.",
    remedy: "the path of a folder",
  }),
  LOG_LEVEL: setting({
    schema: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]),
    default: "info",
    unit: "trace, debug, info, warn, error, fatal or silent",
    description: "The least important lines that are still logged.",
    remedy: "trace, debug, info, warn, error, fatal or silent",
  }),
  DATABASE_URL: setting({
    schema: url("postgres:", "postgresql:"),
    default: undefined,
    unit: "postgres://user:password@host:port/database",
    description: "A PostgreSQL 15 to 18 to use instead of the embedded one.",
    remedy: "an address such as postgres://user:password@host:5432/tiffin, or remove it",
    secret: true,
  }),
  DATABASE_ROLES: setting({
    schema: z.enum(["own", "shared"]),
    default: "own",
    unit: "own or shared",
    description:
      "own: each module signs in to PostgreSQL as itself, and to a MongoDB that asks for a password. shared: all use the users of DATABASE_URL and MONGODB_URL, where those may not create others; the databases then no longer keep modules apart.",
    remedy: "own or shared",
  }),
  MONGODB_URL: setting({
    schema: mongoUrl,
    default: undefined,
    unit: "mongodb://user:password@host:port",
    description:
      "A MongoDB 6 to 8 to use instead of the embedded document store, for this restaurant alone: its database there is called tiffin_inventory, whatever the address says, and a start on that of another restaurant is refused.",
    remedy: "an address such as mongodb://user:password@host:27017, or remove it",
    secret: true,
  }),
  ADOPT_DOCUMENTS_OF: setting({
    schema: z.uuid().toLowerCase(),
    default: undefined,
    unit: "identity, as the refused start names it",
    description:
      "For one start, where one of the two databases was restored or made anew alone: takes over the documents that belong to this other restaurant.",
    remedy: "the identity that the refused start named, or remove it",
  }),
  TLS_CERT: setting({
    schema: z.string(),
    default: undefined,
    unit: "path of a PEM file",
    description: "Certificate (chain) for HTTPS; a changed file is taken up without a restart.",
    remedy: "the path of a PEM file, together with TLS_KEY",
  }),
  TLS_KEY: setting({
    schema: z.string(),
    default: undefined,
    unit: "path of a PEM file",
    description: "Private key that belongs to TLS_CERT.",
    remedy: "the path of a PEM file, together with TLS_CERT",
  }),
  TIFFIN_SAMPLE: setting({
    schema: z.enum(["0", "1"]).transform((value) => value === "1"),
    default: "1",
    unit: "1 or 0",
    description:
      "1 loads the sample restaurant and its staff (PINs 1111, 2222, 3333) into an empty data folder; 0 starts empty.",
    remedy: "1 or 0",
  }),
  TIFFIN_SECRET: setting({
    schema: z.string().min(32).max(500),
    default: undefined,
    unit: "at least 32 characters",
    description:
      "What the database passwords of modules are derived from. Unset: made once and kept in the data folder.",
    remedy: "at least 32 characters, for example from: openssl rand -hex 32",
    secret: true,
  }),
  EVENT_RETENTION_DAYS: setting({
    schema: whole(1, 36_500),
    default: "400",
    unit: "days",
    description: "How long events that were handled by everybody are kept for replay.",
    remedy: "a number of days from 1 to 36500",
  }),
  EVENT_MAX_ATTEMPTS: setting({
    schema: whole(1, 1_000),
    default: "10",
    unit: "attempts",
    description: "How often a listener tries an event before it becomes a dead letter.",
    remedy: "a number from 1 to 1000",
  }),
  REPORT_TIMEOUT_SECONDS: setting({
    schema: whole(1, 3_600),
    default: "15",
    unit: "seconds",
    description:
      "A statement of a report that takes longer is stopped, so that reports cannot wear out the server.",
    remedy: "a number of seconds from 1 to 3600",
  }),
  REQUESTS_PER_MINUTE: setting({
    schema: whole(0, 100_000_000),
    default: "30000",
    unit: "requests per minute and address, 0 is without limit",
    description:
      "Above this an address is answered 429 by the API until the minute is over. Whoever is signed in has ten times as many of their own.",
    remedy: "a number from 0 to 100000000",
  }),
  MAX_CONNECTIONS: setting({
    schema: whole(1, 100_000),
    default: "2000",
    unit: "connections",
    description: "Above this new connections are closed at once; an address may hold a quarter.",
    remedy: "a number from 1 to 100000",
  }),
} as const;

export type SettingName = keyof typeof settings;
