// Screens listen while the server under them is killed, starts again, or is another one: each hears each event once.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type HeardEvent, openScreen, type Screen } from "../../src/platform/stream/testing.js";
import { createProcessFolder, type ProcessFolder, type RunningProcess } from "../system/process.js";
import { eventually } from "../system/tiffin.js";
import { openRestaurant, type Restaurant } from "./restaurant.js";
import { openStores, type Stores } from "./stores.js";

const SCREENS = 200;
const OF_A_SESSION = 25;
const DEATHS = 3;
const TILLS = 4;

let stores: Stores;
let restaurant: Restaurant;
let other: ProcessFolder;
const running: RunningProcess[] = [];
const listeners: { stop(): void }[] = [];

beforeAll(async () => {
  stores = await openStores();
  restaurant = await openRestaurant(stores);
  other = await createProcessFolder({ compiled: true });
});
afterEach(async () => {
  for (const listener of listeners.splice(0)) listener.stop();
  await Promise.all(running.splice(0).map((process) => process.end("SIGKILL")));
});
afterAll(async () => {
  await restaurant?.close();
  await other?.remove();
  await stores?.close();
});

async function start(folder: { start(env?: Record<string, string>): Promise<RunningProcess> }) {
  const process = await folder.start(stores.env);
  running.push(process);
  return process;
}
const kill = (process: RunningProcess) => process.end("SIGKILL");

/** A screen that comes again with the id of the last event that it got, as browsers do; to wherever it finds a server. */
function listen(server: () => RunningProcess, token: string, topics = "") {
  const heard: HeardEvent[] = [];
  const words: HeardEvent[] = [];
  let lastId: string | undefined;
  let screen: Screen | undefined;
  let stopped = false;
  const going = (async () => {
    while (!stopped) {
      try {
        screen = await openScreen(`${server().url}/api/stream${topics}`, {
          authorization: `Bearer ${token}`,
          ...(lastId !== undefined && { "last-event-id": lastId }),
        });
        await screen.ended;
        lastId = screen.lastId() ?? lastId;
        heard.push(...screen.events());
        words.push(...screen.heard.slice(0, 1));
        screen = undefined;
      } catch {
        // Nobody there yet.
      }
      await pause(50);
    }
  })();
  const listener = {
    /** Ids of events, as they came. */
    ids: () => [...heard, ...(screen?.events() ?? [])].map(({ data }) => data.id as string),
    listens: () => (screen?.heard.length ?? 0) > 0,
    /** What each connection began with. */
    words: () =>
      [...words, ...(screen?.heard.slice(0, 1) ?? [])].map(({ event, data }) => ({
        event,
        ...data,
      })),
    stop(): void {
      stopped = true;
      screen?.leave();
    },
    going,
  };
  listeners.push(listener);
  return listener;
}
const allListen = (screens: readonly { listens(): boolean }[]) =>
  eventually(
    () => Promise.resolve(screens.filter((screen) => !screen.listens()).length),
    (deaf) => deaf === 0,
  );

/** Of all that screens are told, as the archives have it, which outlive every process. */
async function told(): Promise<string[]> {
  const rows = await stores.read<{ id: string }>(`
    select id from orders.outbox_archive where name ~ '^orders\\.order-(placed|cancelled)\\.'
    union all select id from kitchen.outbox_archive where name ~ '^kitchen\\.ticket-changed\\.'
    union all select id from payments.outbox_archive where name ~ '^payments\\.payment-'
    union all select id from restaurant.outbox_archive where name ~ '^restaurant\\.settings-changed\\.'`);
  const ofInventory = await stores
    .collection<{ _id: string; name: string }>("outbox_archive")
    .find({ name: /^inventory\.(product|stock)-changed\./ })
    .toArray();
  return [...rows.map(({ id }) => id), ...ofInventory.map(({ _id }) => _id)].toSorted();
}

describe("a screen", () => {
  it("hears everything once over three deaths of its server", async () => {
    let server = await start(restaurant);
    const { token } = await server.signIn("Manager", "1111");
    await restaurant.check(server);
    const screen = listen(() => server, token);
    await allListen([screen]);
    const before = new Set(await told());

    for (let death = 1; death <= DEATHS; death++) {
      const sales = Array.from({ length: 3 * TILLS }, () => restaurant.sale("approve"));
      const first = sales.slice(0, TILLS);
      for (const sale of first) await restaurant.settle(server, sale);
      const sending = sales.slice(TILLS).map((sale) => restaurant.send(server, sale));
      await pause(20 * death);
      await kill(server);
      await Promise.all(sending);
      await stores.letLeasesRunOut();
      server = await start(restaurant);
      for (const sale of sales) await restaurant.settle(server, sale);
      const placed = first[0];
      if (placed) await restaurant.settleCancel(server, placed, "restock");
    }
    await restaurant.check(server);
    const expected = (await told()).filter((id) => !before.has(id));
    expect(expected.length).toBeGreaterThan(DEATHS * 3 * TILLS);
    await eventually(
      () => Promise.resolve(screen.ids().length),
      (count) => count >= expected.length,
    );
    // Sorted, not made unique: what came twice would stand there twice.
    expect(screen.ids().toSorted()).toEqual(expected);
    expect(screen.words().slice(1)).toEqual(
      Array.from({ length: DEATHS }, () => ({ event: "ready", resumed: true })),
    );
  });
});

describe("two hundred screens", () => {
  it("at two processes hear what happens at both, and go to the other when theirs dies", async () => {
    const [one, two] = [await start(restaurant), await start(other)];
    let theirs = one;
    const tokens: { token: string }[] = [];
    // No person may listen with more than half of them.
    while (tokens.length < SCREENS / OF_A_SESSION)
      tokens.push(await one.signIn("Cashier", "2222"), await one.signIn("Manager", "1111"));
    const screens = tokens.flatMap(({ token }) =>
      Array.from({ length: OF_A_SESSION }, () =>
        listen(() => theirs, token, "?topics=order-placed"),
      ),
    );
    await allListen(screens);
    const before = new Set(await placedOrders());
    const sell = async (server: RunningProcess) => {
      const sales = Array.from({ length: TILLS }, () => restaurant.sale("cash"));
      await Promise.all(sales.map((sale) => restaurant.settle(server, sale)));
    };
    await sell(one);
    await sell(two);
    const allHeard = async (count: number) =>
      eventually(
        () => Promise.resolve(screens.filter((screen) => screen.ids().length < count).length),
        (late) => late === 0,
      );
    await allHeard(2 * TILLS);

    await kill(one);
    await sell(two); // nobody listens
    theirs = two;
    await allListen(screens);
    await sell(two);
    await allHeard(4 * TILLS);
    const expected = (await placedOrders()).filter((id) => !before.has(id));
    for (const screen of screens) expect(screen.ids()).toEqual(expected);
    await restaurant.check(two);
  });

  const placedOrders = async () =>
    (
      await stores.read<{ id: string }>(
        `select id from orders.outbox_archive where name ~ '^orders\\.order-placed\\.' order by position`,
      )
    ).map(({ id }) => id);
});
