// Processes that share one database are killed with SIGKILL again and again while events are told: none is lost, none
// is applied twice, each key stays in order, and another process takes over within seconds.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startDocumentStore } from "../embedded/documents/index.js";
import { startTestPostgres, type TestServer } from "../embedded/testing.js";
import { createMongoWorld } from "./mongo/testing.js";
import { createPostgresWorld } from "./postgres/testing.js";
import { eventually, noted, range, type World } from "./testing.js";

const SCRIPT = fileURLToPath(new URL("./test-process.ts", import.meta.url));
const KEYS = 5;

interface Member {
  readonly child: ChildProcess;
  relayingSince: number | null;
}
const members = new Set<Member>();

function startMember(args: readonly string[], env: Readonly<Record<string, string>> = {}): Member {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const member: Member = { child, relayingSince: null };
  child.stdout?.on("data", () => (member.relayingSince ??= performance.now()));
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
afterEach(killAll);

const relaying = () => [...members].find((member) => member.relayingSince !== null);

/** Tells `count` events at 100/s while `harm` goes on; then every subscription must have each one once, in order. */
async function survive<Tx>(
  world: World<Tx>,
  count: number,
  harm: (stop: AbortSignal) => Promise<void>,
) {
  const stop = new AbortController();
  const harming = harm(stop.signal);
  for (const n of range(1, count)) {
    await world.publish([noted(`k${n % KEYS}`, n)]);
    await pause(10);
  }
  stop.abort();
  await harming;
  for (const subscription of ["shop.a", "shop.b"]) {
    await eventually(
      async () => expect(new Set(await world.effects(subscription)).size).toBe(count),
      60_000,
    );
    const effects = await world.effects(subscription);
    for (const key of range(0, KEYS - 1)) {
      expect(effects.filter((n) => n % KEYS === key)).toEqual(
        range(1, count).filter((n) => n % KEYS === key),
      );
    }
  }
}

describe("two processes on one PostgreSQL database", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestPostgres();
  });
  afterAll(() => server.stop());

  it("lose and double nothing while the relaying one is killed again and again", async () => {
    const world = await createPostgresWorld(server.url);
    const takeovers: number[] = [];
    startMember(["postgres", world.url]);
    startMember(["postgres", world.url]);
    await eventually(() => expect(relaying()).toBeDefined(), 20_000);
    await survive(world, 1_500, async (stop) => {
      while (!stop.aborted) {
        await pause(300 + Math.random() * 1_500);
        const victim = relaying();
        if (!victim) continue;
        await kill(victim);
        const killedAt = performance.now();
        startMember(["postgres", world.url]);
        await eventually(() => expect(relaying()).toBeDefined(), 20_000);
        takeovers.push(performance.now() - killedAt);
      }
    });
    expect(takeovers.length).toBeGreaterThan(4);
    expect(Math.max(...takeovers)).toBeLessThan(10_000);
    await killAll();
    await world.close();
  });

  it.each(["relay.after-emit", "relay.before-archive"])("survive a death at %s", async (point) => {
    const world = await createPostgresWorld(server.url);
    startMember(["postgres", world.url], { TIFFIN_CRASH_AT: point, TIFFIN_CRASH_AFTER: "3" });
    await eventually(() => expect(relaying()).toBeDefined(), 20_000);
    const [doomed] = members;
    startMember(["postgres", world.url]);
    await survive(world, 200, async () => undefined);
    expect(doomed?.child.signalCode).toBe("SIGKILL");
    await killAll();
    await world.close();
  });
});

describe("two processes on one document store", () => {
  it("lose nothing while the relaying one is killed again and again", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tiffin-events-"));
    const store = await startDocumentStore({ folder });
    const name = `tiffin_test_${randomBytes(6).toString("hex")}`;
    const world = await createMongoWorld(store.url, name);
    const args = ["mongo", store.url, name];
    startMember(args);
    startMember(args);
    await eventually(() => expect(relaying()).toBeDefined(), 20_000);
    let kills = 0;
    // This test's effects are not idempotent, so that the trade can be seen: an event may come twice, never not at all.
    const stop = new AbortController();
    const harming = (async () => {
      while (!stop.signal.aborted) {
        await pause(300 + Math.random() * 1_500);
        const victim = relaying();
        if (!victim) continue;
        await kill(victim);
        kills += 1;
        startMember(args);
        await eventually(() => expect(relaying()).toBeDefined(), 20_000);
      }
    })();
    for (const n of range(1, 800)) {
      await world.publish([noted(`k${n % KEYS}`, n)]);
      await pause(10);
    }
    stop.abort();
    await harming;
    await eventually(
      async () => expect(new Set(await world.effects("shop.a")).size).toBe(800),
      60_000,
    );
    const twice = (await world.effects("shop.a")).length - 800;
    expect(kills).toBeGreaterThan(2);
    expect(twice).toBeLessThan(kills * 100);
    await killAll();
    await world.close();
    await store.stop();
    await rm(folder, { recursive: true, force: true });
  });
});
