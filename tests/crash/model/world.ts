// What all stories share: the databases, the one life of the application that is lived on them, and dishes in plenty.
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { manifest } from "#modules/manifest";
import { openPostgres } from "#platform/db";
import { errorOf } from "#platform/contract";
import { openStores } from "../stores.js";
import { beginLife, type Life, watchCrashPoints } from "./life.js";

export interface Answer {
  readonly kind: string;
  readonly body: unknown;
}

export const PRICE = 1_000;
export const STOCK = 6;
const BATCH = 400;
const PATIENCE_MS = 30_000;

export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld() {
  const stores = await openStores();
  const owner = await openPostgres({
    url: stores.postgresUrl(),
    secret: stores.env.TIFFIN_SECRET,
    roles: "own",
    manifest,
    logger: { warn: () => undefined },
  });
  await owner.migrate();
  watchCrashPoints();
  const reader = new Client({ connectionString: stores.postgresUrl() });
  await reader.connect();
  const outboxes = owner.modules.map((name) => `(select count(*) from ${name}.outbox)`);

  let life: Life;
  let reviving: Promise<void> | undefined;
  let diesStartingAt: string | undefined;
  const graves: Promise<void>[] = [];
  const counts = { deaths: 0 };
  const dishes: string[] = [];
  let batches = 0;

  /** What the end of a process does: its connections end, and whoever looks finds it dead. */
  async function vanish(): Promise<void> {
    for (;;) {
      const { rows } = await reader.query(
        "select from pg_stat_activity where application_name like 'tiffin:%' and usename <> current_user",
      );
      if (rows.length === 0) break;
      await pause(2);
    }
    await stores.collection("outbox_relay").updateMany({}, { $set: { owner: null } });
  }

  async function begin(): Promise<void> {
    for (;;) {
      await vanish();
      life = await beginLife(stores, diesStartingAt);
      diesStartingAt = undefined;
      if ((await life.started) === "alive") return;
      graves.push(life.bury());
      counts.deaths += 1;
    }
  }

  /** Follows a dead life with a new one. Called by all who met the death: once. */
  const revive = () =>
    (reviving ??= (async () => {
      if (!life.isDead()) return;
      graves.push(life.bury());
      counts.deaths += 1;
      await begin();
    })().finally(() => (reviving = undefined)));

  /** Asks as a till does: until an answer comes that decides. */
  async function insist(question: (life: Life) => Promise<Answer>): Promise<Answer> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const asked = life;
      const answer = await asked.ask(() => question(asked).catch(toAnswer));
      const again =
        answer === "died" || answer.kind === "WAIT" || answer.kind === "STORE_UNAVAILABLE";
      if (!again || Date.now() > deadline) {
        if (answer === "died") throw new Error("It died again and again");
        return answer;
      }
      if (answer === "died") await revive();
      else await pause(10);
    }
  }

  async function isQuiet(): Promise<boolean> {
    const { rows } = await reader.query<{ open: string }>(
      `select (select count(*) from orders.sagas where ended_at is null) + ${outboxes.join(" + ")} as open`,
    );
    if (Number(rows[0]?.open) > 0) return false;
    const busy = ["outbox.0", "reservations.0", "unfiled.0"].map((path) => ({
      [path]: { $exists: true },
    }));
    return (await stores.collection("products").findOne({ $or: busy })) === null;
  }

  /** Waits until all work is done and all events have arrived, through deaths on the way. */
  async function calm(): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      if (life.isDead()) await revive();
      if (await isQuiet()) return;
      if (Date.now() > deadline) throw new Error("It does not become quiet");
      await pause(5);
    }
  }

  /** Dies here, now or at that point of whatever is done next; and perhaps once more on its way up. */
  function arm(point: string, again: string | undefined): void {
    life.diesAt(point);
    diesStartingAt = again;
  }

  /** What did not come to the point that was named dies when all is done. */
  async function passAway(): Promise<void> {
    await calm();
    life.die();
    await revive();
    await calm();
  }

  async function stockUp(): Promise<void> {
    batches += 1;
    const items = Array.from({ length: BATCH }, (_, index) => ({
      sku: `M${batches}-${index}`,
      name: { en: `Dish ${batches}-${index}` },
      price: PRICE,
      stock: STOCK,
      lowStockAt: null,
      modifierGroups: [],
      attributes: {},
    }));
    await life.app.system.importRestaurant({
      restaurant: {
        name: { en: "Model" },
        currency: "MMK",
        timeZone: "Asia/Yangon",
        businessDayStartsAt: "04:00",
        tables: [],
        tax: undefined,
        serviceCharge: undefined,
      },
      modifierGroups: [],
      categories: [{ code: "all", name: { en: "All" }, station: "kitchen", items }],
    });
    const found = await stores
      .collection<{ _id: string; sku: string }>("products")
      .find({ sku: { $regex: `^M${batches}-` } })
      .toArray();
    dishes.push(...found.map((product) => product._id));
    await calm();
  }

  await begin();
  return {
    stores,
    counts,
    insist,
    calm,
    arm,
    passAway,
    hasDiedSince: (deaths: number) => counts.deaths > deaths || life.isDead(),
    read: async <Row>(query: string, values: readonly unknown[]) =>
      (await reader.query(query, [...values])).rows as Row[],
    /** Never sold before, all alike. */
    async takeDishes(count: number): Promise<string[]> {
      if (dishes.length < count) await stockUp();
      return dishes.splice(0, count);
    },
    async close(): Promise<void> {
      graves.push(life.bury());
      await Promise.all(graves);
      await reader.end();
      await owner.close();
      await stores.close();
    },
  };
}

function toAnswer(error: unknown): Answer {
  const refusal = errorOf(error);
  if (!refusal) throw error;
  return { kind: refusal.code, body: refusal.data };
}
