// Starts everything that the settings ask for, in the order that it needs, and stops it in the reverse.
// What a failed start had begun is stopped again.
import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { allPermissions } from "#modules/auth";
import { manifest } from "#modules/manifest";
import { readRestaurantFile } from "#modules/restaurant";
import { type Config, isLoopback } from "#platform/config";
import { openPostgres } from "#platform/db";
import { openDocuments } from "#platform/documents";
import { openDataFolder, startDocumentStore, startEmbeddedPostgres } from "#platform/embedded";
import { createHttpServer, type Guard, type Principal, warnOfEnd } from "#platform/http";
import { StartError } from "#platform/kernel";
import { createLogger, createMetrics } from "#platform/observability";
import { type App, createApp } from "./app.js";
import { type RunFile, runFilePath, writeRunFile } from "./cli/server.js";
import type { StartSummary } from "./summary.js";
import { prepareScreens } from "./web/prepare.js";

export interface Tiffin {
  readonly url: string;
  readonly operatorToken: string;
  readonly summary: StartSummary;
  /** Drains and stops all that was started. Repeated: the same stop. */
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly onFatal?: (reason: string) => void;
  /** No summary is shown, so no one-time PIN is made that nobody would ever see. */
  readonly nobodyWatches?: boolean;
  /** `live` is for development. Without, only the API is served. */
  readonly screens?: "built" | "live";
}

const DRAIN_MS = 10_000;
const SAMPLE = new URL("./sample/menu.json", import.meta.url);

/** @throws StartError with cause and remedy */
export async function startTiffin(config: Config, options: StartOptions = {}): Promise<Tiffin> {
  const stops: (() => Promise<unknown>)[] = [];
  const stopAll = async () => {
    const failures: unknown[] = [];
    // What cannot be stopped must not keep the others, such as the embedded servers, running.
    for (const stop of stops.splice(0).toReversed())
      await stop().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    return await start(config, stops, stopAll, options);
  } catch (error) {
    await stopAll().catch(() => undefined); // the first failure is the one to tell
    throw error;
  }
}

async function start(
  config: Config,
  stops: (() => Promise<unknown>)[],
  stopAll: () => Promise<void>,
  { onFatal = () => undefined, nobodyWatches = false, screens: mode }: StartOptions,
): Promise<Tiffin> {
  const folder = await openDataFolder(config.dataDir);
  stops.push(() => folder.release());
  const logger = createLogger({ level: config.logLevel });
  const metrics = createMetrics();
  const preparing = mode && prepareScreens(mode);
  const loopback = isLoopback(config.host);
  /** Only people at this machine can reach it. */
  const onlyHere = loopback && config.behindProxy === false;

  const servers = [
    Promise.resolve(config.databaseUrl ?? embeddedPostgres()),
    Promise.resolve(config.mongodbUrl ?? embeddedDocuments()),
  ] as const;
  await Promise.allSettled(servers); // one that is not up yet could not be stopped when the other fails
  const [postgresUrl, mongodbUrl] = await Promise.all(servers);

  async function embeddedPostgres(): Promise<string> {
    const server = await startEmbeddedPostgres({ folder, logger });
    stops.push(() => server.stop());
    server.onExit(onFatal);
    return server.url;
  }
  async function embeddedDocuments(): Promise<string> {
    const store = await startDocumentStore({
      folder: join(folder.path, "documents"),
      logger: {
        info: (message) => logger.info(message),
        warn: (message) => logger.warn(message),
        error: (message) => logger.error(message),
      },
    }).catch((error: unknown) => {
      throw error instanceof Error ? new StartError(error.message, { cause: error }) : error;
    });
    stops.push(() => store.stop());
    store.onExit(onFatal);
    return store.url;
  }

  let heard: App["heard"] = () => [];
  const secret = config.secret ?? folder.secret;
  const ownership = { manifest, heard: (module: string) => heard(module) };
  const postgres = await openPostgres({
    ...ownership,
    url: postgresUrl,
    secret,
    roles: config.databaseRoles,
    logger,
  });
  stops.push(() => postgres.close());
  const migrations = await postgres.migrate();
  const documents = await openDocuments({
    ...ownership,
    url: mongodbUrl,
    secret: config.mongodbUrl && config.databaseRoles === "own" ? secret : undefined,
    adopts: config.adoptDocumentsOf,
    logger,
  });
  stops.push(() => documents.close());

  const app = await createApp({
    postgres,
    documents,
    logger,
    metrics,
    clock: () => new Date(),
    alone: config.databaseUrl === undefined,
    retentionDays: config.eventRetentionDays,
    maxAttempts: config.eventMaxAttempts,
    reportTimeoutSeconds: config.reportTimeoutSeconds,
    sampleStaffAllowed: onlyHere,
    secure: config.tls !== undefined,
  });
  heard = app.heard;
  stops.push(() => app.stop());
  await app.start();
  const people = await firstStart(app, { ...config, nobodyWatches });

  const { screens, warning } = (await preparing) ?? {};
  const operatorToken = randomBytes(32).toString("base64url");
  const server = await createHttpServer({
    routers: app.routers,
    cachedReads: app.cachedReads,
    eventStream: app.eventStream,
    foreground: app.foreground,
    guard: operatorGuard(operatorToken, app.guard),
    checks: app.checks,
    metrics,
    logger,
    tls: config.tls,
    behindProxy: config.behindProxy,
    screens,
    limits: {
      requestsPerMinute: config.requestsPerMinute,
      connections: config.maxConnections,
      connectionsPerAddress: Math.max(1, Math.floor(config.maxConnections / 4)),
    },
  });
  const { url } = await server.listen({ port: config.port, host: config.host });
  stops.push(() => server.close({ graceMs: DRAIN_MS }));
  const certPath = config.tls?.certPath;
  const runFile: RunFile = { url, pid: process.pid, operatorToken, certPath };
  await writeRunFile(folder.path, runFile);
  stops.push(() => rm(runFilePath(folder.path), { force: true }));

  let stopped: Promise<void> | undefined;
  return {
    url,
    operatorToken,
    summary: {
      url,
      network: networkUrls(url, config.host),
      dataDir: folder.path,
      postgres: `PostgreSQL ${postgres.version}${config.databaseUrl ? "" : " (embedded)"}`,
      documents: config.mongodbUrl
        ? `MongoDB ${documents.version}`
        : "embedded document store (for trying out, development and one small restaurant; set MONGODB_URL for more)",
      modules: app.modules,
      restaurant: people.restaurant,
      firstManager: people.firstManager,
      samplePins: onlyHere ? people.sampleStaff.pins : [], // elsewhere they do not work
      migrations: migrations.length,
      warnings: [
        ...config.warnings,
        ...[warning, config.tls && warnOfEnd(config.tls.certPath)].filter(
          (one) => one !== undefined,
        ),
        ...(people.sampleStaff.any
          ? [
              "The sample PINs are known to everybody: give your staff PINs of their own before you sell.",
            ]
          : []),
        ...(loopback || config.tls
          ? []
          : ["The network can reach this server without TLS: set TLS_CERT and TLS_KEY."]),
      ],
    },
    stop: () => (stopped ??= stopAll()),
  };
}

/** Where other devices find a server that listens on every address of this machine. */
function networkUrls(url: string, host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [];
  const { protocol, port } = new URL(url);
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => `${protocol}//${address}:${port}`);
}

/** On an empty folder: the sample restaurant with its staff, or one manager with a one-time PIN. */
async function firstStart(
  app: App,
  { sample, nobodyWatches }: { sample: boolean; nobodyWatches: boolean },
) {
  const { set } = await app.system.restaurantStatus();
  if (!set && sample) {
    const result = readRestaurantFile(JSON.parse(await readFile(SAMPLE, "utf8")));
    if (!("file" in result))
      throw new StartError("The sample restaurant does not fit its own format: reinstall Tiffin.");
    await app.auth.addSampleStaff();
    await app.system.importRestaurant(result.file);
  }
  const firstManager = nobodyWatches ? undefined : await app.auth.addFirstManager();
  const { set: hasRestaurant, items } = await app.system.restaurantStatus();
  return {
    firstManager,
    sampleStaff: await app.auth.sampleStaff(),
    restaurant: hasRestaurant
      ? `${items} dishes on the menu`
      : "none yet; load one: npm run import -- <file.json>",
  };
}

/** Lets the command-line tools of this account in; everybody else is asked by auth. */
function operatorGuard(token: string, guard: Guard): Guard {
  const operator: Principal = {
    kind: "system",
    id: "operator",
    name: "Operator",
    role: "manager",
    permissions: allPermissions,
  };
  return {
    authenticate: async (request) =>
      request.authorization === `Bearer ${token}` ? operator : guard.authenticate(request),
    useApproval: (use) => guard.useApproval?.(use) ?? Promise.resolve(null),
  };
}
