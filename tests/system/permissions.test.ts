// Walks every route of /openapi.json with no session and with each role, and compares with docs/permissions.md (vitest
// -u writes it). A route is open to everybody, or asks for a permission that exists, or is listed here by name.
import { randomUUID } from "node:crypto";
import { format } from "prettier";
import { afterAll, beforeAll, expect, it } from "vitest";
import { allPermissions } from "#modules/auth";
import { bootTiffin, type TestTiffin, type Till } from "./tiffin.js";

/** Everybody may sign in. */
const PUBLIC = ["GET /api/sessions/options", "POST /api/sessions"];
/** Of whoever is signed in: only about themselves, or worthless without somebody else's PIN. */
const OWN = [
  "DELETE /api/sessions",
  "DELETE /api/sessions/current",
  "GET /api/sessions/current",
  "POST /api/approvals",
  "PUT /api/sessions/current/pin",
];

interface Operation {
  readonly "x-permission"?: string;
  readonly "x-approvable"?: true;
  readonly security?: readonly object[];
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Route extends Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

const routesOf = ({ paths }: Document): Route[] =>
  Object.entries(paths)
    .flatMap(([path, item]) =>
      Object.entries(item).map(([verb, operation]) => {
        const method = verb.toUpperCase();
        return { ...operation, name: `${method} ${path}`, method, path };
      }),
    )
    .toSorted((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));

/** What is wrong with what a route says about who may use it. */
function undeclared(route: Route): string[] {
  const { name, security, "x-permission": permission } = route;
  const isPublic = security?.length === 0;
  if (isPublic !== PUBLIC.includes(name)) return [`${name}: is it open to everybody?`];
  if (isPublic || OWN.includes(name)) return [];
  if (permission === undefined) return [`${name}: declares no permission`];
  return allPermissions.has(permission) ? [] : [`${name}: nobody has ${permission}`];
}

let test: TestTiffin;
let kitchen: Till;
let routes: Route[];
beforeAll(async () => {
  test = await bootTiffin();
  kitchen = await test.signIn("Kitchen", "3333");
  routes = routesOf((await test.nobody.get("/openapi.json")).body as Document);
});
afterAll(() => test.stop());

it("finds a permission on every route, and a route for every permission", () => {
  expect(routes.length).toBeGreaterThan(70);
  expect(routes.flatMap(undeclared)).toEqual([]);
  const used = new Set(routes.map((route) => route["x-permission"]));
  expect([...allPermissions].filter((permission) => !used.has(permission))).toEqual([]);
});

it("would find a new route that forgot its permission, misspelt it, or is open by mistake", () => {
  const forgot = { get: { security: [{ bearer: [] }] } };
  const misspelt = { get: { security: [{ bearer: [] }], "x-permission": "orders.plase" } };
  const paths = { "/api/a": forgot, "/api/b": misspelt, "/api/c": { get: { security: [] } } };
  expect(routesOf({ paths }).flatMap(undeclared)).toEqual([
    "GET /api/a: declares no permission",
    "GET /api/b: nobody has orders.plase",
    "GET /api/c: is it open to everybody?",
  ]);
});

/** Sends what no route takes, so that whoever is let in is refused for that, and changes nothing. */
async function knock(till: Till, { method, path }: Route): Promise<string> {
  const address = path.replaceAll(/\{\w+\}/g, randomUUID());
  const response = await fetch(new URL(address, test.url), {
    method,
    headers: {
      ...(till.token !== "" && { authorization: `Bearer ${till.token}` }),
      ...(method !== "GET" && { "content-type": "application/json" }),
    },
    ...(method !== "GET" && { body: '{"unknown":1}' }),
  });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const text = isStream ? (await response.body?.cancel(), "{}") : await response.text();
  expect(response.status, `${method} ${path}: ${text}`).toBeLessThan(500);
  const { code, approvable } = JSON.parse(text) as { code?: string; approvable?: boolean };
  if (code === "unauthenticated") return "–";
  if (code === "forbidden") return approvable ? "with approval" : "–";
  return "yes";
}

it("lets in whom docs/permissions.md says, and nobody else", async () => {
  const staff: [string, string, Till][] = [
    ["Kitchen", "3333", kitchen],
    ["Cashier", "2222", test.cashier],
    ["Manager", "1111", test.manager],
  ];
  const met = new Map<string, string[]>();
  const endsSessions = ({ method, path }: Route) =>
    method === "DELETE" && path.startsWith("/api/sessions");
  const others = routes.filter((route) => !endsSessions(route));
  for (const route of [...others, ...routes.filter(endsSessions)]) {
    const found = [await knock(test.nobody, route)];
    for (const [name, pin, kept] of staff) {
      const till = endsSessions(route) ? await test.signIn(name, pin) : kept;
      found.push(await knock(till, route));
    }
    met.set(route.name, found);
  }
  const rows = routes.map(({ name, "x-permission": permission }) => {
    const needs = permission ?? (PUBLIC.includes(name) ? "nothing" : "a session");
    return `| \`${name}\` | ${needs} | ${met.get(name)?.join(" | ")} |`;
  });
  const table = `# Who may do what

Made by \`tests/system/permissions.test.ts\`, which calls every route of \`/openapi.json\` with no session and with each role, and fails when what it meets is not what stands here. "With approval": a manager confirms it in place with their PIN, and both are recorded.

| Route | Needs | Nobody signed in | Kitchen | Cashier | Manager |
|---|---|---|---|---|---|
${rows.join("\n")}
`;
  const shown = await format(table, { parser: "markdown", printWidth: 100 });
  await expect(shown).toMatchFileSnapshot("../../docs/permissions.md");
});
