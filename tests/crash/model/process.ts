// A life of the application as a process of its own, spoken to over HTTP as a till does, and killed by SIGKILL.
import { setTimeout as pause } from "node:timers/promises";
import { createApi } from "../../../src/cli/server.js";
import { importRestaurant } from "../../../src/system/import.js";
import { createProcessFolder } from "../../system/process.js";
import type { Answer as HttpAnswer, Till } from "../../system/tiffin.js";
import type { Answer, Deeds, Life } from "./life.js";
import type { Habitat } from "./world.js";

/** A connection breaks before the end of its process is told. */
const DEATH_MS = 2_000;

export const asProcess: Habitat = async (stores) => {
  const folder = await createProcessFolder({ armed: true });
  return {
    async begin(diesAt): Promise<Life> {
      await stores.letLeasesRunOut();
      const env = { ...stores.env, ...(diesAt !== undefined && { TIFFIN_CRASH_AT: diesAt }) };
      const started = await folder.start(env).catch((error: unknown) => String(error));
      if (typeof started === "string") {
        if (!started.includes("ended while starting")) throw new Error(started);
        return stillborn();
      }
      const { child, exited } = started;
      const isDead = () => child.exitCode !== null || child.signalCode !== null;
      let till: Promise<Till> | undefined;
      /** Asked for when it is needed: it may die before. */
      const signedIn = () => (till ??= started.signIn("Manager", "1111"));
      return {
        ...deeds((...request) => signedIn().then((one) => one.send(...request))),
        async load(restaurant) {
          const { token } = await signedIn();
          const api = createApi(started.url, token);
          return importRestaurant(restaurant, {
            products: (request) => api.call("POST", "/api/inventory/products/import", request),
            settings: (settings) => api.call("PUT", "/api/restaurant/settings", settings),
          });
        },
        started: Promise.resolve("alive"),
        isDead,
        diesAt: (point) => started.dieAt(point),
        async die() {
          await started.end("SIGKILL");
        },
        async ask(question) {
          try {
            const answer = await Promise.race([question(), exited.then(() => "died" as const)]);
            return isDead() ? "died" : answer;
          } catch (error) {
            await Promise.race([exited, pause(DEATH_MS)]);
            if (isDead()) return "died";
            throw error;
          }
        },
        async bury() {
          if (!isDead()) await started.end("SIGKILL");
        },
      };
    },
    close: () => folder.remove(),
  };
};

/** It died before it was ready. */
function stillborn(): Life {
  const nobody = () => Promise.reject(new Error("It is dead"));
  return {
    ...deeds(nobody),
    load: nobody,
    started: Promise.resolve("died"),
    isDead: () => true,
    diesAt: nobody,
    die: () => Promise.resolve(),
    ask: () => Promise.resolve("died"),
    bury: () => Promise.resolve(),
  };
}

function deeds(send: (...request: Parameters<Till["send"]>) => Promise<HttpAnswer>): Deeds {
  const ask = async (
    kind: string,
    status: number,
    request: Parameters<Till["send"]>,
    tell: (body: Record<string, unknown>) => unknown = (body) => body,
  ): Promise<Answer> => {
    const answer = await send(...request);
    if (answer.status === status) return { kind, body: tell(answer.body) };
    if (answer.status === 202) return { kind: "WAIT", body: answer.body };
    const { type, requestId: _requestId, ...body } = answer.body as Record<string, unknown>;
    if (typeof type !== "string") throw new Error(`${answer.status}: ${JSON.stringify(body)}`);
    const code = type.split("/").at(-1) ?? "";
    return { kind: code.toUpperCase().replaceAll("-", "_"), body };
  };
  return {
    place: (key, body) =>
      ask("PLACED", 201, ["POST", "/api/orders", body, { "idempotency-key": key }]),
    cancel: (id, stock) =>
      ask("CANCELLED", 200, ["POST", `/api/orders/${id}/cancel`, { reason: "Left", stock }]),
    changePrice(id, version, amount) {
      const body = { version, price: { amount, currency: "MMK" } };
      const path = `/api/inventory/products/${id}`;
      return ask("CHANGED", 200, ["PATCH", path, body], (product) => product["version"]);
    },
    move({ productId, ...body }) {
      const path = `/api/inventory/products/${productId}/movements`;
      return ask("MOVED", 201, ["POST", path, body], ({ movement }) => movement);
    },
  };
}
