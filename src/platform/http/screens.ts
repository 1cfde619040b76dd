// Serves the built screens: files with a hash in their name for ever and packed, the page itself never from a cache.
// In development somebody else makes the files; see Screens.
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import express, { type RequestHandler } from "express";

export type ScreensHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

export interface LiveScreens {
  readonly handle: ScreensHandler;
  close(): Promise<void>;
}

/** A folder of built files, or (development) what makes them as they are asked for. */
export type Screens =
  | { readonly kind: "built"; readonly folder: string }
  | { readonly kind: "live"; attach(server: Server): Promise<LiveScreens> };

/** Where the page wants the nonce by which its own script may add styles. */
const NONCE = "{{nonce}}";

/** Files are sent whole: nobody needs a part, and a part that is none would be an error. */
const WHOLE = { acceptRanges: false } as const;

/** Page addresses have no dot; anything else that is missing is missing. */
const PAGE = /^\/[\w/-]*$/;

export function serveBuilt(folder: string): express.Router {
  const page = readFileSync(join(folder, "index.html"), "utf8");
  const sendPage: RequestHandler = (_request, response) => {
    const nonce = randomBytes(16).toString("base64");
    const policy = String(response.getHeader("content-security-policy"));
    response.setHeader(
      "content-security-policy",
      policy.replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`),
    );
    response.setHeader("cache-control", "no-cache");
    response.type("html").send(page.replace(NONCE, nonce));
  };
  const router = express.Router();
  router.get(["/", "/index.html"], sendPage);
  router.use("/assets", packed(join(folder, "assets")));
  router.use(
    "/assets",
    express.static(join(folder, "assets"), {
      ...WHOLE,
      immutable: true,
      maxAge: "1y",
      index: false,
    }),
  );
  router.use(express.static(folder, { ...WHOLE, maxAge: 0, dotfiles: "ignore", index: false }));
  router.get(PAGE, (request, response, next) => {
    if (request.accepts(["json", "html"]) === "html") void sendPage(request, response, next);
    else next();
  });
  return router;
}

/** Sends `x.js.gz` for `x.js` to whoever can unpack it. */
function packed(folder: string): RequestHandler {
  const files = new Set(readdirSync(folder).filter((name) => name.endsWith(".gz")));
  return (request, response, next) => {
    const file = `${request.path.slice(1)}.gz`;
    if (!files.has(file)) return next();
    response.setHeader("vary", "accept-encoding");
    if (request.acceptsEncodings("gzip") !== "gzip") return next();
    response.type(extname(request.path));
    response.setHeader("content-encoding", "gzip");
    response.sendFile(file, { ...WHOLE, root: folder, immutable: true, maxAge: "1y" });
  };
}
