// What the screens of development hand out. Whoever can reach the server may ask for it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Screens } from "#platform/http";
import { ROOT } from "./sources.js";
import { liveScreens } from "./vite.js";

const server = createServer();
type Live = Extract<Screens, { readonly kind: "live" }>;
let live: Awaited<ReturnType<Live["attach"]>>;
beforeAll(async () => {
  if (liveScreens.kind !== "live") throw new Error("They are built");
  live = await liveScreens.attach(server);
  server.on("request", (request, response) =>
    live.handle(request, response, () => response.writeHead(404).end()),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterAll(async () => {
  await live?.close();
  server.closeAllConnections();
  server.close();
});

async function ask(path: string): Promise<number> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.body?.cancel();
  return response.status;
}

it("are their own sources and libraries", async () => {
  expect(await ask("/src/main.tsx")).toBe(200);
  const font = "node_modules/@fontsource/noto-sans-myanmar/package.json";
  expect(await ask(`/@fs${join(ROOT, font)}`)).toBe(200);
});

it("are no other file of the project, such as data/run.json with the operator's token", async () => {
  for (const query of ["", "?raw", "?url"])
    expect(await ask(`/@fs${join(ROOT, "package.json")}${query}`), query).toBe(403);
});
