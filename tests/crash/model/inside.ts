// A life of the application inside the test: on databases that outlive it, behind wires that are cut when it dies.
// Dying is exact: from the crash point on nothing of it reaches a database, as if the process had been killed there; what
// the databases were told before may still take effect. Some hundreds of deaths cost less so than as processes of their
// own, whose deaths are tried in the other files.
import { AsyncLocalStorage } from "node:async_hooks";
import { manifest } from "#modules/manifest";
import { openPostgres } from "#platform/db";
import { openDocuments } from "#platform/documents";
import { errorOf } from "#platform/contract";
import { createFace, type Principal } from "#platform/http";
import { onCrashPoint } from "#platform/kernel";
import { createLogger, createMetrics } from "#platform/observability";
import type { contract as inventoryContract } from "#modules/inventory";
import type { contract as ordersContract } from "#modules/orders";
import { createApp } from "../../../src/app.js";
import { openWire } from "../../system/wire.js";
import type { Stores } from "../stores.js";
import type { Answer, Life } from "./life.js";
import type { Habitat } from "./world.js";

/** Ends what came to the crash point; nobody of the living sees it. */
class Death extends Error {}

interface Vital {
  diesAt: string | undefined;
  dead: boolean;
  die(): void;
}

const lives = new AsyncLocalStorage<Vital>();

/** From here on, whoever is alive dies where it was told to, and the dead get no further than the next point. */
const watchCrashPoints = () =>
  onCrashPoint((name) => {
    const vital = lives.getStore();
    if (!vital) return;
    if (vital.diesAt === name && !vital.dead) vital.die();
    if (vital.dead) throw new Death();
  });

const manager: Principal = {
  kind: "staff",
  id: "0191d7a0-0000-7000-8000-000000000001",
  name: "Manager",
  role: "manager",
  permissions: new Set(),
};

/** A refusal is an answer. */
const answered = async (kind: string, asked: Promise<unknown>): Promise<Answer> =>
  asked.then(
    (body) => ({ kind, body }),
    (error: unknown) => {
      const refusal = errorOf(error);
      if (!refusal) throw error;
      return { kind: refusal.code, body: refusal.data };
    },
  );
/** What has a status says by it whether it is done. */
const done = (kind: string, status: number, asked: Promise<{ status: number; body: unknown }>) =>
  answered(kind, asked).then((answer) => {
    if (answer.kind !== kind) return answer;
    const { status: seen, body } = answer.body as { status: number; body: unknown };
    return { kind: seen === status ? kind : "WAIT", body };
  });

export const inside: Habitat = async (stores) => {
  watchCrashPoints();
  return {
    begin: (diesAt) => beginLife(stores, diesAt),
    close: () => Promise.resolve(),
  };
};

async function beginLife(stores: Stores, diesAt: string | undefined): Promise<Life> {
  const at = new URL(stores.postgresUrl());
  const sql = await openWire(() => ({ host: at.hostname, port: Number(at.port) }));
  const path = decodeURIComponent(new URL(stores.documentsUrl()).hostname);
  const documentsWire = await openWire(() => ({ path }));
  let told = () => undefined as void;
  const death = new Promise<"died">((resolve) => {
    told = () => resolve("died");
  });
  const vital: Vital = {
    diesAt,
    dead: false,
    die() {
      vital.dead = true;
      sql.become("cut");
      documentsWire.become("cut");
      told();
    },
  };

  return lives.run(vital, async () => {
    const logger = createLogger({ level: "silent" });
    const metrics = createMetrics({ process: false }); // figures of a process: there is one, for all lives
    const postgres = await openPostgres({
      url: sql.through(stores.postgresUrl()),
      secret: stores.env.TIFFIN_SECRET,
      roles: "own",
      manifest,
      logger,
    });
    const documents = await openDocuments({
      url: `mongodb://127.0.0.1:${documentsWire.port}/?directConnection=true`,
      manifest,
      logger,
    });
    const app = await createApp({
      postgres,
      documents,
      logger,
      metrics,
      clock: () => new Date(),
      alone: true,
      retentionDays: 400,
      maxAttempts: 10,
      reportTimeoutSeconds: 10,
      sampleStaffAllowed: true,
      secure: false,
    });
    const started = app.start().then(() => "alive" as const);
    started.catch(() => undefined);
    const as = { principal: manager };
    const orders = createFace<typeof ordersContract>(app.routers.orders, as);
    const inventory = createFace<typeof inventoryContract>(app.routers.inventory, as);
    return {
      place(key, body) {
        const asked = { headers: { "idempotency-key": key }, body: body as never };
        return done("PLACED", 201, orders.place(asked));
      },
      cancel: (id, stock) => done("CANCELLED", 200, orders.cancel({ id, reason: "Left", stock })),
      changePrice(id, version, amount) {
        const price = { amount, currency: "MMK" };
        const changed = inventory.products.update({ id, version, price });
        return answered(
          "CHANGED",
          changed.then((product) => product.version),
        );
      },
      move: (movement) =>
        answered(
          "MOVED",
          inventory.movements.record(movement).then((made) => made.movement),
        ),
      load: (restaurant) => app.system.importRestaurant(restaurant),
      started: Promise.race([started, death]),
      isDead: () => vital.dead,
      diesAt: async (point) => void (vital.diesAt = point),
      die: async () => vital.die(),
      async ask(question) {
        // An answer that was on its way when it died was never heard.
        try {
          const answer = await Promise.race([lives.run(vital, question), death]);
          return vital.dead ? "died" : answer;
        } catch (error) {
          if (vital.dead) return "died";
          throw error;
        }
      },
      async bury() {
        await app.stop().catch(() => undefined);
        await Promise.all([postgres.close(), documents.close()].map((end) => end.catch(() => 0)));
        await Promise.all([sql.close(), documentsWire.close()]);
      },
    };
  });
}
