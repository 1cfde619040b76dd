// Commands about the server: the handshake, sessions, and what mongosh and Compass ask to show it.
// No accounts: who can open the socket, in a folder of its owner's, may do everything.
import { arch, hostname, platform, totalmem } from "node:os";
import { UUID } from "bson";
import { fail } from "../errors.js";
import { MAX_DOCUMENT_BYTES, MAX_MESSAGE_BYTES } from "../wire.js";
import { VERSION, VERSION_PARTS, WIRE_VERSION } from "../version.js";
import type { Command } from "./command.js";

const started = Date.now();

const greet = (primary: "ismaster" | "isWritablePrimary"): Command => ({
  fields: [],
  open: true,
  run({ args, client, now }) {
    if (args.flag("loadBalanced")) throw fail(2, "this server is not behind a load balancer");
    if (args.document("topologyVersion")) throw fail(2, "streaming hello is not supported");
    return {
      ...(args.flag("helloOk") && { helloOk: true }),
      [primary]: true,
      maxBsonObjectSize: MAX_DOCUMENT_BYTES,
      maxMessageSizeBytes: MAX_MESSAGE_BYTES,
      maxWriteBatchSize: 100_000,
      localTime: now,
      logicalSessionTimeoutMinutes: 30,
      connectionId: client.id,
      minWireVersion: 0,
      maxWireVersion: WIRE_VERSION,
      readOnly: false,
    };
  },
});

const nothing = (...fields: string[]): Command => ({ fields, run: () => ({}) });

const buildInfo: Command = {
  fields: [],
  run: () => ({
    version: VERSION,
    gitVersion: "unknown",
    modules: [],
    allocator: "system",
    javascriptEngine: "none",
    sysInfo: "deprecated",
    versionArray: VERSION_PARTS,
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    storageEngines: ["leveldb"],
  }),
};

const connectionStatus: Command = {
  fields: ["showPrivileges"],
  run: () => ({
    authInfo: {
      authenticatedUsers: [],
      authenticatedUserRoles: [],
      authenticatedUserPrivileges: [],
    },
  }),
};

const serverStatus: Command = {
  // A section is asked for by its name: those that are not there are not shown.
  fields: [
    "repl",
    "metrics",
    "locks",
    "wiredTiger",
    "opcounters",
    "connections",
    "tcmalloc",
    "sharding",
  ],
  run({ engine, now }) {
    const uptime = (now.getTime() - started) / 1000;
    const { rss, heapTotal } = process.memoryUsage();
    const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024);
    return {
      host: hostname(),
      version: VERSION,
      process: "documents",
      pid: process.pid,
      uptime,
      uptimeMillis: now.getTime() - started,
      localTime: now,
      connections: { ...engine.connections() },
      mem: { bits: 64, resident: megabytes(rss), virtual: megabytes(heapTotal), supported: true },
      metrics: { cursor: { open: { total: engine.cursors.size } }, commands: engine.counts() },
      opcounters: engine.operations(),
      storageEngine: { name: "leveldb", persistent: true, readOnly: false },
    };
  },
};

const hostInfo: Command = {
  fields: [],
  run: ({ now }) => ({
    system: {
      currentTime: now,
      hostname: hostname(),
      cpuAddrSize: 64,
      memSizeMB: Math.round(totalmem() / 1024 / 1024),
      cpuArch: arch(),
    },
    os: { type: platform(), name: platform(), version: "" },
    extra: {},
  }),
};

const PARAMETERS: Readonly<Record<string, unknown>> = {
  featureCompatibilityVersion: { version: VERSION.slice(0, 3) },
  ttlMonitorSleepSecs: 1,
  enableTestCommands: true,
};

const getParameter: Command = {
  fields: [...Object.keys(PARAMETERS), "allParameters"],
  admin: true,
  run({ body }) {
    if (body["getParameter"] === "*") return PARAMETERS;
    const asked = Object.entries(PARAMETERS).filter(([name]) => Object.hasOwn(body, name));
    if (asked.length === 0) throw fail(72, "no option found to get");
    return Object.fromEntries(asked);
  },
};

const configureFailPoint: Command = {
  fields: ["mode", "data"],
  admin: true,
  run({ body, args, engine }) {
    if (body["configureFailPoint"] !== "failCommand")
      throw fail(249, `failpoint not found: ${String(body["configureFailPoint"])}`);
    engine.failPoints.configure(body["mode"], args.document("data") ?? {});
    return {};
  },
};

const getLog: Command = {
  fields: [],
  admin: true,
  run: ({ body }) =>
    body["getLog"] === "*"
      ? { names: ["global", "startupWarnings"] }
      : { totalLinesWritten: 0, log: [] },
};

const currentOp: Command = {
  fields: ["$ownOps", "$all", "filter"],
  admin: true,
  run: () => ({ inprog: [] }), // one command at a time: none runs beside this one
};

const listCommands: Command = {
  fields: [],
  run: ({ engine }) => ({
    commands: Object.fromEntries(
      engine.commandNames().map((name) => [name, { help: "", apiVersions: [] }]),
    ),
  }),
};

const refuseLogin: Command = {
  fields: ["mechanism", "payload", "options", "autoAuthorize", "conversationId"],
  run() {
    throw fail(
      18,
      "Authentication failed: this server has no accounts, connect without credentials",
    );
  },
};

export const serverCommands = {
  hello: greet("isWritablePrimary"),
  ismaster: greet("ismaster"),
  isMaster: greet("ismaster"),
  ping: nothing(),
  endSessions: nothing(),
  refreshSessions: nothing(),
  killSessions: nothing(),
  killAllSessions: nothing(),
  logout: nothing(),
  startSession: {
    fields: [],
    run: () => ({ id: { id: new UUID() }, timeoutMinutes: 30 }),
  } satisfies Command,
  saslStart: refuseLogin,
  buildInfo,
  connectionStatus,
  serverStatus,
  hostInfo,
  getParameter,
  configureFailPoint,
  getLog,
  getCmdLineOpts: {
    fields: [],
    admin: true,
    run: () => ({ argv: [], parsed: {} }),
  } satisfies Command,
  currentOp,
  whatsmyuri: {
    fields: [],
    run: ({ client }) => ({ you: `socket:${client.id}` }),
  } satisfies Command,
  listCommands,
};
