// How Vite makes the screens, for a build and for development. The one home of Vite.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { build, createServer, type InlineConfig } from "vite";
import type { Screens } from "#platform/http";
import { readRoutes } from "./routes.js";
import { ROOT, WEB } from "./sources.js";

const config = async (): Promise<InlineConfig> => ({
  configFile: false,
  root: WEB,
  base: "/",
  logLevel: "warn",
  plugins: [react()],
  define: { ROUTES: await readRoutes() },
  build: {
    // Tablets of the last few years; nothing is transpiled that they know.
    target: ["chrome111", "safari16.4", "firefox114"],
    manifest: true,
    // A font or picture in the style sheet would need data: in the security policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});

/** Writes all files into `folder`, which must not exist. Same sources, same files. */
export async function buildInto(folder: string): Promise<void> {
  const base = await config();
  // Whoever has this set to something else (a shell, a test runner) would get React as it is for development.
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    await build({ ...base, build: { ...base.build, outDir: folder, emptyOutDir: true } });
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  }
}

/** Files are made as they are asked for, and the page follows every change. */
export const liveScreens: Screens = {
  kind: "live",
  async attach(server) {
    const vite = await createServer({
      ...(await config()),
      appType: "custom",
      server: {
        middlewareMode: true,
        hmr: { server },
        // Vite would hand out any file of the project, and with it the operator's token and the secret in data/.
        fs: { allow: [WEB, join(ROOT, "node_modules")] },
      },
    });
    const page = async (url: string) =>
      vite.transformIndexHtml(url, await readFile(join(WEB, "index.html"), "utf8"));
    return {
      handle: (request, response, next) =>
        vite.middlewares(request, response, (error?: unknown) => {
          const url = request.url ?? "/";
          const wanted = request.method === "GET" && request.headers.accept?.includes("text/html");
          if (error !== undefined || !wanted) return next(error);
          page(url).then((html) => {
            response.setHeader("content-type", "text/html; charset=utf-8");
            response.end(html);
          }, next);
        }),
      close: () => vite.close(),
    };
  },
};
