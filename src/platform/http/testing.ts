// For this folder's tests: a tiny contract behind a real server, and a client that sees everything.
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { z } from "zod";
import { page, pageQuery, queryBoolean, route } from "#platform/contract";
import { createLogger, createMetrics } from "#platform/observability";
import {
  createHttpServer,
  type Guard,
  type HttpParts,
  implementContract,
  type Principal,
} from "./index.js";

export const contract = {
  open: route.meta({ public: true }).route({ method: "GET", path: "/open" }).output(z.string()),
  list: route
    .meta({ permission: "dishes.read" })
    .route({ method: "GET", path: "/dishes", summary: "Dishes" })
    .input(z.strictObject({ ...pageQuery.shape, hot: queryBoolean.optional() }))
    .output(page(z.object({ limit: z.int(), hot: z.boolean().optional() }))),
  get: route
    .meta({ permission: "dishes.read" })
    .route({ method: "GET", path: "/dishes/{id}" })
    .input(z.strictObject({ id: z.uuid("An id is a UUID") }))
    .output(z.object({ id: z.string() }))
    .errors({
      NOT_FOUND: { status: 404, message: "There is no such dish. Load the list again." },
      SOLD_OUT: {
        status: 409,
        message: "It is sold out. Choose another.",
        data: z.object({ items: z.array(z.string()), code: z.string() }),
      },
    }),
  create: route
    .meta({ permission: "dishes.edit" })
    .route({
      method: "POST",
      path: "/dishes",
      successStatus: 201,
      inputStructure: "detailed",
      outputStructure: "detailed",
    })
    .input(
      z.object({
        headers: z.object({ "idempotency-key": z.string("Send an Idempotency-Key header").min(1) }),
        body: z.strictObject({
          name: z.string().min(1).max(20),
          price: z.strictObject({ amount: z.int().min(0), currency: z.string().length(3) }),
          size: z
            .discriminatedUnion("kind", [
              z.strictObject({ kind: z.literal("small") }),
              z.strictObject({ kind: z.literal("large"), litres: z.int() }),
            ])
            .optional(),
          extra: z.record(z.string(), z.unknown()).optional(),
        }),
      }),
    )
    .output(
      z.object({
        headers: z.object({ location: z.string() }),
        body: z.object({ name: z.string(), extra: z.unknown() }),
      }),
    ),
  slow: route.meta({}).route({ method: "GET", path: "/slow" }).output(z.string()),
  fail: route
    .meta({})
    .route({ method: "POST", path: "/fail" })
    .input(z.strictObject({ how: z.enum(["bug", "store", "output"]) }))
    .output(z.string()),
  menu: route
    .meta({ permission: "dishes.read" })
    .route({ method: "GET", path: "/menu" })
    .output(z.string()),
  secret: route
    .meta({ internal: true })
    .route({ method: "GET", path: "/secret" })
    .output(z.string()),
};

export const SLOW_MS = 300;

export function createRouter(aborted: () => void = () => undefined) {
  const dishes = implementContract(contract);
  return dishes.router({
    open: dishes.open.handler(() => "open"),
    list: dishes.list.handler(({ input }) => ({
      items: [{ limit: input.limit, ...(input.hot !== undefined && { hot: input.hot }) }],
      nextCursor: null,
    })),
    get: dishes.get.handler(({ input, errors }) => {
      if (input.id.endsWith("0")) throw errors.NOT_FOUND();
      if (input.id.endsWith("1")) throw errors.SOLD_OUT({ data: { items: ["a"], code: "own" } });
      return input;
    }),
    create: dishes.create.handler(({ input }) => ({
      headers: { location: "/api/dishes/1" },
      body: { name: input.body.name, extra: input.body.extra },
    })),
    slow: dishes.slow.handler(async ({ signal }) => {
      signal?.addEventListener("abort", aborted);
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      return "done";
    }),
    fail: dishes.fail.handler(({ input }) => {
      if (input.how === "output") return 7 as unknown as string;
      const bug = new Error(`select * from secret_table at ${import.meta.filename}`);
      throw input.how === "bug" ? bug : Object.assign(bug, { code: "ECONNREFUSED" });
    }),
    menu: dishes.menu.handler(() => "from the handler"),
    secret: dishes.secret.handler(() => "internal"),
  });
}

const principal = (permissions: string[]): Principal => ({
  kind: "staff",
  id: "1",
  name: "Daw Hla",
  role: "cashier",
  permissions: new Set(permissions),
});

const people: Record<string, Principal> = {
  cook: principal(["dishes.read"]),
  chef: principal(["dishes.read", "dishes.edit", "system.operate"]),
};

export const guard: Guard = {
  authenticate({ authorization, cookie }) {
    const bearer = /^Bearer (\w+)$/.exec(authorization ?? "")?.[1];
    const name = bearer ?? cookie?.replace("session=", "") ?? "";
    return Promise.resolve(people[name] ?? null);
  },
};

export async function startTestServer(over: Partial<HttpParts> = {}) {
  const log: string[] = [];
  const logger = createLogger({
    level: "warn",
    stream: { write: (line: string) => log.push(line) },
  });
  const server = await createHttpServer({
    routers: { dishes: createRouter() },
    guard,
    checks: {},
    metrics: createMetrics({ process: false }),
    logger,
    ...over,
  });
  const { url } = await server.listen({ port: 0, host: "127.0.0.1" });
  const port = Number(new URL(url).port);
  return {
    server,
    url,
    port,
    log: () => log.join(""),
    close: (graceMs = 1_000) => server.close({ graceMs }),
    as: (
      name: string,
      path: string,
      init: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {},
    ) =>
      fetch(url + path, { ...init, headers: { authorization: `Bearer ${name}`, ...init.headers } }),
  };
}

/** Writes the text as it is and answers with all that comes back until the connection ends. */
export function raw(port: number, text: string, { host = "127.0.0.1" } = {}): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, host, () => socket.write(text));
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("error", () => resolve(answer));
    socket.on("close", () => resolve(answer));
  });
}

/** The path as it is, which fetch would normalise. */
export function rawGet(url: string, path: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("error", reject);
    request.end();
  });
}
