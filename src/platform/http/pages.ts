// The few pages of the server itself: where to go, what the API is, what a problem means. Plain HTML, no script.
import { readFileSync } from "node:fs";
import type { OpenApiDocument } from "./openapi.js";

export const escapeHtml = (text: unknown): string =>
  String(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

/** Backticks become code; everything else is text. */
const words = (text: unknown): string =>
  escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");

export const layout = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
${body}
</body>
</html>
`;

/** Shown at / while there are no screens. */
export const landingPage = (): string =>
  layout(
    "Tiffin",
    `<main>
<h1>Tiffin</h1>
<p>The point of sale of one restaurant is running.</p>
<ul>
<li><a href="/docs">API documentation</a> (<a href="/openapi.json">openapi.json</a>)</li>
<li><a href="/readyz">Is everything ready?</a></li>
<li><a href="/healthz">Is the process alive?</a></li>
</ul>
</main>`,
  );

const ERRORS_FILE = new URL("../../../docs/errors.md", import.meta.url);

/** docs/errors.md by code: a heading `## insufficient-stock`, then paragraphs. */
export function parseErrors(markdown: string): Map<string, string> {
  const [, ...sections] = markdown.split(/^## /m);
  return new Map(
    sections.map((section) => {
      const [heading = "", ...lines] = section.trim().split("\n");
      return [heading.trim(), lines.join("\n").trim()] as const;
    }),
  );
}

export const readErrors = (): Map<string, string> => {
  try {
    return parseErrors(readFileSync(ERRORS_FILE, "utf8"));
  } catch {
    return new Map(); // an installation without docs still answers with problems
  }
};

export const problemPage = (code: string, text: string): string => {
  const paragraphs = text.split(/\n{2,}/).map((paragraph) => `<p>${words(paragraph)}</p>`);
  return layout(
    code,
    `<main>\n<h1>${escapeHtml(code)}</h1>\n${paragraphs.join("\n")}\n<p><a href="/docs">API documentation</a></p>\n</main>`,
  );
};

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: object;
  readonly description?: string;
}
interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Record<string, { schema?: object }> };
  readonly responses?: Record<
    string,
    { description?: string; content?: Record<string, { schema?: object }> }
  >;
  readonly security?: readonly object[];
  readonly "x-permission"?: string;
}

/** The whole document as one page: quick to search with the browser, readable without a script. */
export function docsPage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      id: `${method}${path}`.replaceAll(/[^a-z\d]+/gi, "-"),
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? ""))].sort();
  const of = (tag: string) =>
    operations.filter(({ operation }) => (operation.tags?.[0] ?? "") === tag);
  const links = tags.map(
    (tag) =>
      `<h2>${escapeHtml(tag)}</h2>\n<ul>${of(tag)
        .map(
          ({ id, method, path }) =>
            `<li><a href="#${id}"><b>${method}</b> ${escapeHtml(path)}</a></li>`,
        )
        .join("")}</ul>`,
  );
  const sections = tags.map(
    (tag) =>
      `<section><h2>${escapeHtml(tag)}</h2>\n${of(tag).map(operationHtml).join("\n")}</section>`,
  );
  const head = `<header><h1>${escapeHtml(document.info.title)} API</h1>
<p>${words(document.info.description ?? "")} Sign in with <code>POST /api/sessions</code> and send <code>Authorization: Bearer &lt;token&gt;</code>. The same as a file: <a href="/openapi.json">openapi.json</a>.</p></header>`;
  return layout(
    `${document.info.title} API`,
    `<nav>${links.join("\n")}</nav>\n<main>${head}\n${sections.join("\n")}</main>`,
  );
}

interface Entry {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function operationHtml({ id, method, path, operation }: Entry): string {
  const permission = operation["x-permission"];
  const who =
    operation.security?.length === 0
      ? "Open to everybody."
      : permission === undefined
        ? "Needs a signed-in person."
        : `Needs the permission <code>${escapeHtml(permission)}</code>.`;
  const parameters = (operation.parameters ?? []).map(
    (one) =>
      `<tr><td><code>${escapeHtml(one.name)}</code></td><td>${escapeHtml(one.in)}${one.required ? ", required" : ""}</td><td><code>${escapeHtml(JSON.stringify(one.schema ?? {}))}</code></td></tr>`,
  );
  const body = schemaOf(operation.requestBody?.content);
  const responses = Object.entries(operation.responses ?? {}).map(([status, response]) => {
    const schema = Number(status) < 400 ? schemaOf(response.content) : undefined;
    const description = words(response.description ?? "").replaceAll("\n\n", "<br>");
    return `<li><b>${escapeHtml(status)}</b> ${description}${schema ? details("Answer", schema) : ""}</li>`;
  });
  return `<article id="${id}">
<h3><b>${method}</b> <code>${escapeHtml(path)}</code></h3>
<p><strong>${words(operation.summary ?? "")}</strong> ${words(operation.description ?? "")}</p>
<p>${who}</p>
${parameters.length > 0 ? `<table>${parameters.join("")}</table>` : ""}
${body ? details("Body", body) : ""}
<details><summary>Answers</summary><ul>${responses.join("")}</ul></details>
</article>`;
}

const schemaOf = (content: Record<string, { schema?: object }> | undefined): object | undefined =>
  content?.["application/json"]?.schema;

const details = (title: string, schema: object): string =>
  `<details><summary>${title}</summary><pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre></details>`;

export const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; display: flex; gap: 2rem; flex-wrap: wrap; }
nav { flex: 1 1 16rem; max-width: 20rem; font-size: .85rem; overflow-wrap: anywhere; }
nav ul { list-style: none; padding: 0; }
nav h2 { font-size: 1rem; margin: 1rem 0 .25rem; }
main { flex: 3 1 30rem; min-width: 0; }
article { border-top: 1px solid #8886; padding: .5rem 0; }
article:target { outline: 2px solid; outline-offset: .5rem; }
pre { overflow: auto; background: #8881; padding: .75rem; max-height: 30rem; }
code { overflow-wrap: anywhere; }
td { padding: .25rem .75rem .25rem 0; vertical-align: top; }
`;
