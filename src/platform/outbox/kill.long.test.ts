// Processes that share one store are killed with SIGKILL, or stopped with SIGSTOP and let go on, again and again while
// events are told: none is lost, none is applied twice, each key stays in order, another process takes over in seconds.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { compile } from "../../../tests/setup/compiled.js";
import { startDocumentStore } from "../embedded/documents/index.js";
import { startTestPostgres } from "../embedded/testing.js";
import { createMongoWorld } from "./mongo/testing.js";
import { createPostgresWorld } from "./postgres/testing.js";
import { eventually, noted, range, type World } from "./testing.js";

const KEYS = 5;
const START_MS = 20_000;

let programs: string;
beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), "tiffin-members-"));
  await compile(programs, { member: fileURLToPath(new URL("./test-process.ts", import.meta.url)) });
});
afterAll(() => rm(programs, { recursive: true, force: true }));

interface Member {
  readonly child: ChildProcess;
  relaying: boolean;
  stopped: boolean;
}
const members = new Set<Member>();

function startMember(args: readonly string[], env: Readonly<Record<string, string>> = {}): Member {
  const child = spawn(process.execPath, [join(programs, "member.mjs"), ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const member: Member = { child, relaying: false, stopped: false };
  child.stdout?.on("data", (said: Buffer) => {
    member.relaying = said.toString().trimEnd().endsWith("relaying");
  });
  child.once("exit", () => members.delete(member));
  members.add(member);
  return member;
}

async function kill(member: Member): Promise<void> {
  const gone = once(member.child, "exit");
  member.child.kill("SIGKILL");
  if (member.child.exitCode === null && member.child.signalCode === null) await gone;
}

const killAll = () => Promise.all(Array.from(members, kill));

const relaying = () => [...members].find((member) => member.relaying && !member.stopped);
const untilOneRelays = async () => {
  await eventually(() => expect(relaying()).toBeDefined(), START_MS);
  return relaying() as Member;
};

/** Tells `least` events or more, at 100/s, while `harm` goes on; then every subscription must have each one once, in
 *  order. As long as one is struck events come, since a relay that stands still is only missed when one waits. */
async function survive<Tx>(
  world: World<Tx>,
  least: number,
  harm: (stop: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  let harming = true;
  const harmed = harm(stop.signal).finally(() => (harming = false));
  let count = 0;
  while (count < least || harming) {
    count += 1;
    await world.publish([noted(`k${count % KEYS}`, count)]);
    if (count === least) stop.abort();
    await pause(10);
  }
  await harmed;
  const subscriptions = ["shop.a", "shop.b"];
  for (const subscription of subscriptions) {
    await eventually(
      async () => expect(new Set(await world.effects(subscription)).size).toBe(count),
      60_000,
    );
  }
  // What a process that was stopped still wants to do, it does in this time.
  await pause(1_000);
  for (const subscription of subscriptions) {
    const effects = await world.effects(subscription);
    for (const key of range(0, KEYS - 1)) {
      expect(effects.filter((n) => n % KEYS === key)).toEqual(
        range(1, count).filter((n) => n % KEYS === key),
      );
    }
  }
}

interface Place {
  readonly world: World<never>;
  readonly args: readonly string[];
}

/** Seconds until another one relays, each time `strike` hits the one that does. */
async function strikeAgainAndAgain(
  stop: AbortSignal,
  strike: (victim: Member) => Promise<() => Promise<void>>,
): Promise<number[]> {
  const takeovers: number[] = [];
  while (!stop.aborted) {
    await pause(300 + Math.random() * 1_500);
    const victim = await untilOneRelays();
    const recover = await strike(victim);
    const struckAt = performance.now();
    await untilOneRelays();
    takeovers.push((performance.now() - struckAt) / 1_000);
    await recover();
  }
  return takeovers;
}

function describeProcesses(store: string, open: () => Promise<Place>, points: readonly string[]) {
  describe(`two processes on one ${store}`, () => {
    let place: Place;
    beforeAll(async () => {
      place = await open();
    });
    afterEach(async () => {
      await killAll();
      await place.world.reset();
    });

    it("lose and double nothing while the relaying one is killed again and again", async () => {
      startMember(place.args);
      startMember(place.args);
      await untilOneRelays();
      let takeovers: number[] = [];
      await survive(place.world, 1_000, async (stop) => {
        takeovers = await strikeAgainAndAgain(stop, async (victim) => {
          await kill(victim);
          startMember(place.args);
          return () => Promise.resolve();
        });
      });
      expect(takeovers.length).toBeGreaterThan(3);
      expect(Math.max(...takeovers)).toBeLessThan(10);
    });

    it("replace one that is only stopped, which does no harm when it goes on", async () => {
      startMember(place.args);
      startMember(place.args);
      await untilOneRelays();
      let takeovers: number[] = [];
      await survive(place.world, 1_500, async (stop) => {
        takeovers = await strikeAgainAndAgain(stop, async (victim) => {
          victim.child.kill("SIGSTOP");
          victim.stopped = true;
          return async () => {
            await pause(Math.random() * 1_000);
            victim.child.kill("SIGCONT");
            // It must have seen that it relays no more before it may be told apart from the one that does.
            await eventually(() => expect(victim.relaying).toBe(false), START_MS);
            victim.stopped = false;
          };
        });
      });
      expect(takeovers.length).toBeGreaterThan(2);
      expect(Math.max(...takeovers)).toBeLessThan(10);
    });

    it.each(points)("survive a death at %s", async (point) => {
      const doomed = startMember(place.args, {
        TIFFIN_CRASH_AT: point,
        TIFFIN_CRASH_AFTER: "3",
      });
      await eventually(() => expect(doomed.relaying).toBe(true), START_MS);
      startMember(place.args);
      await survive(place.world, 200, () => Promise.resolve());
      expect(doomed.child.signalCode).toBe("SIGKILL");
    });
  });
}

const POINTS = [
  "relay.after-emit",
  "inbox.before-apply",
  "inbox.after-apply",
  "relay.before-archive",
  "relay.after-archive",
];

const closes: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closes.toReversed()) await close();
});

describeProcesses(
  "PostgreSQL database",
  async () => {
    const server = await startTestPostgres();
    const world = await createPostgresWorld(server.url);
    closes.push(
      () => server.stop(),
      () => world.close(),
    );
    return { world: world as unknown as World<never>, args: ["postgres", world.url] };
  },
  POINTS,
);

describeProcesses(
  "document store",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "tiffin-events-"));
    const store = await startDocumentStore({ folder });
    const name = `tiffin_test_${randomBytes(6).toString("hex")}`;
    const world = await createMongoWorld(store.url, name);
    closes.push(
      () => rm(folder, { recursive: true, force: true }),
      () => store.stop(),
      () => world.close(),
    );
    return { world: world as unknown as World<never>, args: ["mongo", store.url, name] };
  },
  [...POINTS, "inbox.after-handle", "relay.after-copy"],
);
