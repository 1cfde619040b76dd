// The OpenAPI document, made from the contracts: what is public, who may call it, and every problem it can answer.
import { OpenAPIGenerator } from "@orpc/openapi";
import type { AnyRouter } from "@orpc/server";
import { ZodToJsonSchemaConverter } from "@orpc/zod/zod4";
import type { Contract, RouteMeta } from "#platform/contract";
import { httpProblems } from "./problems.js";
import { listRoutes } from "./routes.js";

const problemSchema = {
  type: "object",
  description: "RFC 9457. `type` is stable; further members depend on it.",
  required: ["type", "code", "title", "status", "detail", "instance", "requestId"],
  properties: {
    type: { type: "string", description: "Where the problem is explained: /problems/{code}" },
    code: { type: "string", description: "The last part of `type`" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string", description: "Cause and remedy, for people" },
    instance: { type: "string" },
    requestId: { type: "string" },
  },
} as const;

const problemContent = {
  "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
};

const approvalHeader = {
  name: "approval",
  in: "header",
  description:
    "What POST /approvals answered for this subject, where the caller lacks the permission",
  schema: { type: "string" },
} as const;

type Operation = Record<string, unknown> & {
  parameters?: object[];
  responses?: Record<string, { description?: string; content?: object }>;
};

const eventStreamContent = {
  "text/event-stream": {
    schema: { type: "string", description: "Server-sent events, as the description says" },
  },
};
const lastEventIdHeader = {
  name: "last-event-id",
  in: "header",
  required: false,
  description: "The id of the last event that arrived: the stream goes on after it",
  schema: { type: "string" },
};

export type OpenApiDocument = Awaited<ReturnType<OpenAPIGenerator["generate"]>>;

export async function createOpenApi(
  routers: Readonly<Record<string, AnyRouter>> | Contract,
  { version = "1" }: { version?: string } = {},
): Promise<OpenApiDocument> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(routers as AnyRouter, {
    info: {
      title: "Tiffin",
      version,
      description: "The point of sale of one restaurant. Money is an integer and a currency.",
    },
    filter: ({ contract }) => (contract["~orpc"].meta as RouteMeta).internal !== true,
    components: {
      schemas: { Problem: problemSchema as never },
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "The token of POST /sessions" },
        session: { type: "apiKey", in: "cookie", name: "tiffin_session" },
      },
    },
  });
  for (const { method, path, meta, errors, module } of listRoutes(routers)) {
    if (meta.internal) continue;
    const item = document.paths?.[path] as Record<string, Operation> | undefined;
    const operation = item?.[method.toLowerCase()];
    if (operation) complete(operation, { meta, errors, module, hasBody: method !== "GET" });
  }
  // Whole paths, so that a reader who overlooks `servers` is right too.
  const paths = Object.entries(document.paths ?? {});
  document.paths = Object.fromEntries(paths.map(([path, item]) => [`/api${path}`, item]));
  return document;
}

interface RouteFacts {
  readonly meta: RouteMeta;
  readonly errors: readonly {
    readonly code: string;
    readonly status: number;
    readonly message: string;
  }[];
  readonly module: string;
  readonly hasBody: boolean;
}

/** Errors as problems instead of oRPC's own shape; the permission where tools and tests find it. */
function complete(operation: Operation, { meta, errors, module, hasBody }: RouteFacts): void {
  const responses = (operation.responses ??= {});
  for (const status of Object.keys(responses)) if (Number(status) >= 400) delete responses[status];
  const add = (status: number, message: string) => {
    const known = responses[String(status)]?.description;
    responses[String(status)] = {
      description: known === undefined ? message : `${known}\n\n${message}`,
      content: problemContent,
    };
  };
  for (const { code, status, message } of errors) add(status, `\`${code}\`: ${message}`);
  const own: (keyof typeof httpProblems)[] = [
    ...(meta.public ? [] : (["UNAUTHENTICATED", "FORBIDDEN", "PIN_CHANGE_REQUIRED"] as const)),
    ...(hasBody ? (["BAD_REQUEST", "BODY_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE"] as const) : []),
    "TOO_MANY_REQUESTS",
    "INTERNAL_ERROR",
  ];
  for (const name of own) {
    const [status, message] = httpProblems[name];
    add(status, `\`${name.toLowerCase().replaceAll("_", "-")}\`: ${message}`);
  }
  operation["tags"] = [module];
  operation["security"] = meta.public ? [] : [{ bearer: [] }, { session: [] }];
  if (meta.permission !== undefined) operation["x-permission"] = meta.permission;
  if (meta.stream) {
    const description = responses["200"]?.description ?? "OK";
    responses["200"] = { description, content: eventStreamContent };
    operation.parameters = [...(operation.parameters ?? []), lastEventIdHeader];
  }
  if (meta.approvable) {
    operation["x-approvable"] = true;
    operation.parameters = [...(operation.parameters ?? []), approvalHeader];
  }
}
