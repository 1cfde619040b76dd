// Who may import whom, made from src/modules/manifest.ts: there is no second list of modules to keep in step.
// Every rule says why it is there, and has a planted violation in tests/architecture/imports.test.ts.
import { tsImport } from "tsx/esm/api";
import { HOMES } from "./.dependency-cruiser.homes.js";

const { manifest } = await tsImport("./src/modules/manifest.ts", import.meta.url);

/** From the ground up: a part looks at the rows below its own, never beside or above. */
const LAYERS = [
  ["kernel"],
  ["config", "observability", "contract", "bus"],
  ["embedded", "db", "documents"],
  ["outbox", "saga"],
  ["stream"],
  ["http"],
];

const forbid = (name, comment, from, to) => ({ name, severity: "error", comment, from, to });

const TEST =
  "(\\.test\\.tsx?|/testing\\.ts|/testing/.*|/test-[a-z-]+\\.ts|/(fixtures|conformance[a-z-]*)\\.ts)$";
/** The way onto the bus: a door of its own, which opens for the relay. */
const EMIT = "^src/platform/bus/emit/";
const modules = Object.keys(manifest);
const either = (/** @type {readonly string[]} */ names) => `(${names.join("|")})`;
const library = (/** @type {string} */ name) => `(^|/)node_modules/(@types/)?(${name})(/|$)`;
/** Front doors of all modules that are not among `granted`; `door` is the file. */
const doorsBut = (granted, door) => ({
  path: `^src/modules/[^/]+/${door}\\.ts$`,
  pathNot: `^src/modules/${either(granted)}/`,
});

const forModules = modules.flatMap((module) => {
  const { calls, hears } = manifest[module];
  const from = { path: `^src/modules/${module}/` };
  return [
    forbid(
      `calls-as-granted/${module}`,
      `${module} calls ${calls.join(", ") || "nobody"}: another face needs an entry in \`calls\` of manifest.ts first.`,
      from,
      doorsBut([module, ...calls], "index"),
    ),
    // Whoever hears everyone has nothing left to be refused.
    ...(modules.every((other) => [module, ...hears].includes(other))
      ? []
      : [
          forbid(
            `hears-as-granted/${module}`,
            `${module} hears ${hears.join(", ") || "nobody"}: other events need an entry in \`hears\` of manifest.ts first.`,
            from,
            doorsBut([module, ...hears], "events"),
          ),
        ]),
  ];
});

const forLayers = LAYERS.slice(0, -1).flatMap((parts, depth) =>
  parts.map((part) => {
    const seen = [part, ...LAYERS.slice(0, depth).flat()];
    return forbid(
      `platform-looks-down/${part}`,
      "A part stands on those below it. Looking up or sideways ties two parts into one.",
      { path: `^src/platform/${part}/`, pathNot: TEST },
      { path: "^src/platform/", pathNot: `^src/platform/${either(seen)}/` },
    );
  }),
);

const forLibraries = HOMES.flatMap(([name, home, why, types]) => {
  const rule = (kind, homes, to) =>
    forbid(
      `${kind}/${name.replaceAll(/[^a-z0-9@/|-]/g, "")}`,
      `Only ${homes} may import ${name}: ${why}.`,
      { path: "^(src|web)/", pathNot: [`^(${homes})`, TEST] },
      { path: library(name), ...to },
    );
  if (types === undefined) return [rule("one-home", home, {})];
  return [
    rule("one-home", home, { dependencyTypesNot: ["type-only"] }),
    rule("one-home-of-types", `${home}|${types}`, { dependencyTypes: ["type-only"] }),
  ];
});

const rules = [
  forbid(
    "front-doors-of-modules",
    "A module is entered by index.ts and events.ts; what lies behind them may change any day.",
    // One test holds a part of orders against a restaurant that sells. bench/ is not looked at: it measures parts alone.
    {
      path: "^(src|tests)/",
      pathNot: ["^src/modules/[^/]+/", "^tests/system/left-over-stock\\.test\\.ts$"],
    },
    { path: "^src/modules/[^/]+/", pathNot: `/(index|events)\\.ts$|${TEST}` },
  ),
  forbid(
    "front-doors-between-modules",
    "A module is entered by index.ts and events.ts, also by types only, also by import().",
    { path: "^src/modules/([^/]+)/" },
    { path: "^src/modules/[^/]+/", pathNot: "^src/modules/$1/|/(index|events)\\.ts$" },
  ),
  forbid(
    "front-doors-of-the-platform",
    "A part of the platform is entered by its index.ts; tests may use its testing.ts.",
    { path: "^src/", pathNot: ["^src/platform/", TEST] },
    { path: "^src/platform/[^/]+/", pathNot: ["^src/platform/[^/]+/index\\.ts$", EMIT] },
  ),
  forbid(
    "front-doors-between-platform-parts",
    "A part of the platform is entered by its index.ts, by other parts too.",
    { path: "^src/platform/([^/]+)/", pathNot: TEST },
    {
      path: "^src/platform/[^/]+/",
      pathNot: ["^src/platform/$1/", "^src/platform/[^/]+/index\\.ts$", EMIT],
    },
  ),
  forbid(
    "only-the-relay-emits",
    "What is emitted without having been stored is lost in a crash: write it to an outbox.",
    { path: "^(src|web|tests)/", pathNot: ["^src/platform/outbox/(run|catch-up)\\.ts$", TEST] },
    { path: EMIT },
  ),
  ...forModules,
  forbid(
    "every-module-is-in-the-manifest",
    "A folder without an entry would have no rights and no rules.",
    { path: "^src/modules/[^/]+/", pathNot: `^src/modules/${either(modules)}/` },
    { path: "." },
  ),
  forbid(
    "manifest-is-for-the-wiring",
    "A module that reads the manifest would decide about its own rights.",
    { path: "^src/(platform|modules)/", pathNot: TEST },
    { path: "^src/modules/manifest\\.ts$" },
  ),
  forbid(
    "manifest-imports-nothing",
    "It is read by tools that run nothing else of the application.",
    { path: "^src/modules/manifest\\.ts$" },
    { path: "." },
  ),
  forbid(
    "events-are-leaves",
    "Whoever hears an event loads events.ts; behind it there must be nothing that does anything.",
    { path: "^src/modules/[^/]+/events\\.ts$" },
    { path: ".", pathNot: ["^src/platform/kernel/", library("zod")] },
  ),
  forbid(
    "contracts-are-plain",
    "A contract passes plain data: it knows schemas, not what is done with them.",
    { path: "^src/modules/([^/]+)/contract(\\.ts|/)" },
    {
      path: ".",
      pathNot: [
        "^src/platform/(kernel|contract)/",
        "^src/modules/$1/(contract(\\.ts|/)|events\\.ts$)",
        library("zod"),
      ],
    },
  ),
  forbid(
    "rules-are-pure",
    "Decisions can be tested without a database or a clock, so they may run nothing that has either.",
    { path: "^src/modules/([^/]+)/rules(\\.ts|/)", pathNot: TEST },
    {
      path: ".",
      pathNot: [
        "^src/platform/kernel/",
        "^src/modules/$1/((rules|contract)(\\.ts|/)|events\\.ts$)",
        library("zod"),
        "^(node:)?util$",
      ],
      dependencyTypesNot: ["type-only"],
    },
  ),
  forbid(
    "repositories-behind-commands-and-queries",
    "A router or a listener that queries by itself has skipped the decision.",
    {
      path: "^src/modules/([^/]+)/",
      pathNot: ["^src/modules/[^/]+/(repository|commands|queries|testing)(\\.ts|/)", TEST],
    },
    { path: "^src/modules/$1/repository(\\.ts|/)", dependencyTypesNot: ["type-only"] },
  ),
  forbid(
    "platform-knows-no-module",
    "The platform could be lifted out; what it needs of a module is handed to it.",
    { path: "^src/platform/" },
    { path: "^src/", pathNot: "^src/platform/" },
  ),
  forbid(
    "modules-know-only-the-platform",
    "A module that reaches into the application around it cannot run in another one.",
    { path: "^src/modules/", pathNot: TEST },
    { path: "^(src|web|tests|bench)/", pathNot: "^src/(platform|modules)/" },
  ),
  ...forLayers,
  forbid(
    "every-platform-part-has-a-layer",
    "A new part is put into LAYERS in .dependency-cruiser.js, or no rule would hold for it.",
    { path: "^src/platform/[^/]+/", pathNot: `^src/platform/${either(LAYERS.flat())}/` },
    { path: "." },
  ),
  forbid(
    "web-sees-contracts",
    "The screens speak HTTP: of the server they know the contracts and nothing else.",
    { path: "^web/" },
    { path: "^(src|tests|bench)/", pathNot: "^src/(modules/[^/]+|system)/contract\\.ts$" },
  ),
  forbid(
    "screens-stand-alone",
    "Each screen is loaded by itself; what two of them need belongs into parts, api or words.",
    { path: "^web/src/screens/([^/]+)/" },
    { path: "^web/src/screens/", pathNot: "^web/src/screens/$1/" },
  ),
  forbid(
    "web-sees-types-only",
    "A contract's code in the browser would bring the server's libraries along.",
    { path: "^web/" },
    { path: "^src/", dependencyTypesNot: ["type-only"] },
  ),
  forbid(
    "nobody-imports-main",
    "Importing it would start a server.",
    {},
    { path: "^src/main\\.ts$" },
  ),
  ...forLibraries,
  forbid(
    "no-test-in-production",
    "What ships does not depend on what tests it.",
    { path: "^(src|web)/", pathNot: TEST },
    { path: `^tests/|${TEST}` },
  ),
  forbid(
    "no-cycles",
    "Files in a circle are one file that cannot be understood in parts; circles of types too.",
    {},
    { circular: true },
  ),
  forbid(
    "no-orphans",
    "What nobody imports and nobody starts is dead.",
    {
      orphan: true,
      path: "^(src|web)/",
      pathNot: [
        "^src/main\\.ts$",
        "^web/src/main\\.tsx$",
        "^src/cli/",
        "^src/modules/manifest\\.ts$",
        "\\.d\\.ts$",
        TEST,
      ],
    },
    {},
  ),
  forbid(
    "resolvable",
    "An import that cannot be followed cannot be judged by any other rule.",
    {},
    { couldNotResolve: true },
  ),
  forbid(
    "declared",
    "A library that another one brought along can go away with it.",
    { path: "^(src|web)/", pathNot: TEST },
    {
      dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"],
      dependencyTypesNot: ["type-only"],
    },
  ),
];

export default {
  forbidden: rules,
  options: {
    tsPreCompilationDeps: true, // or imports of types only would be unseen
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|data|coverage)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
    detectProcessBuiltinModuleCalls: true,
  },
};
