// What all stories share: the databases, the one life of the application that is lived on them, and dishes in plenty.
// After a season of stories everything is checked, and the databases are emptied: the last story finds them as the first.
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { expect } from "vitest";
import { manifest } from "#modules/manifest";
import { openPostgres } from "#platform/db";
import { brokenInvariants } from "../invariants.js";
import { openStores, type Stores } from "../stores.js";
import { openEmptying } from "./emptying.js";
import type { Answer, Life } from "./life.js";

/** What the application lives in. */
export type Habitat = (stores: Stores) => Promise<{
  /** `diesAt`: perhaps before it is ready. */
  begin(diesAt: string | undefined): Promise<Life>;
  close(): Promise<void>;
}>;

export const PRICE = 1_000;
export const STOCK = 6;
/** Dishes of a season. */
const BATCH = 60;
/** From the last start on: that takes as long as it takes. */
const PATIENCE_MS = 30_000;

export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld(habitat: Habitat) {
  const stores = await openStores();
  const owner = await openPostgres({
    url: stores.postgresUrl(),
    secret: stores.env.TIFFIN_SECRET,
    roles: "own",
    manifest,
    logger: { warn: () => undefined },
  });
  await owner.migrate();
  await owner.close();
  const emptying = await openEmptying(stores, owner.modules);
  const { begin: beginLife, close } = await habitat(stores);
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
      life = await beginLife(diesStartingAt);
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
    let deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const asked = life;
      const answer = await asked.ask(() => question(asked));
      const again =
        answer === "died" || answer.kind === "WAIT" || answer.kind === "STORE_UNAVAILABLE";
      if (!again || Date.now() > deadline) {
        if (answer === "died") throw new Error("It died again and again");
        return answer;
      }
      if (answer === "died") {
        await revive();
        deadline = Date.now() + PATIENCE_MS;
      } else await pause(10);
    }
  }

  async function isQuiet(): Promise<boolean> {
    const { rows } = await reader.query<{ open: string }>(
      `select (select count(*) from orders.sagas where ended_at is null) + ${outboxes.join(" + ")} as open`,
    );
    if (Number(rows[0]?.open) > 0) return false;
    const busy = ["outbox.0", "reservations.0"].map((path) => ({
      [path]: { $exists: true },
    }));
    return (await stores.collection("products").findOne({ $or: busy })) === null;
  }

  /** Waits until all work is done and all events have arrived, through deaths on the way. */
  async function calm(): Promise<void> {
    let deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      if (life.isDead()) {
        await revive();
        deadline = Date.now() + PATIENCE_MS;
      }
      if (await isQuiet()) return;
      if (Date.now() > deadline) throw new Error("It does not become quiet");
      await pause(5);
    }
  }

  /** Dies here, now or at that point of whatever is done next; and perhaps once more on its way up. */
  async function arm(point: string, again: string | undefined): Promise<void> {
    diesStartingAt = again;
    await life.diesAt(point);
  }

  /** What did not come to the point that was named dies when all is done. */
  async function passAway(): Promise<void> {
    await calm();
    await life.die();
    await revive();
    await calm();
  }

  /** Everything adds up; then nothing is left of it. */
  async function endSeason(): Promise<void> {
    await calm();
    expect(await brokenInvariants(stores)).toEqual({});
    await life.die();
    await life.bury();
    await vanish();
    await emptying.empty();
    await begin();
  }

  async function stockUp(): Promise<void> {
    if (batches > 0) await endSeason();
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
    await life.load({
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
      if (dishes.length < count) {
        dishes.length = 0;
        await stockUp();
      }
      return dishes.splice(0, count);
    },
    async close(): Promise<void> {
      graves.push(life.bury());
      await Promise.all(graves);
      await Promise.all([close(), reader.end(), emptying.close()]);
      await stores.close();
    },
  };
}
