// What every fault of a database, or of the network to it, must not do to orders. The till gets a clear answer or a 202
// that resolves, nothing is lost or doubled, and the next order goes through soon after, without a restart.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { onCrashPoint } from "#platform/kernel";
import { type Answer, bootTiffin, type TestTiffin } from "../system/tiffin.js";
import type { Fault, World } from "./faults.js";
import { createGuests, type Guests, type Kind } from "./restaurant.js";
import { openStores } from "./stores.js";
import { openWire } from "../system/wire.js";

const KINDS: readonly Kind[] = ["cash", "approve", "decline", "unknown", "lost"];
const GOES_ON_WITHIN_MS = 5_000;
let world: World;
let tiffin: TestTiffin;
let guests: Guests;

async function open(): Promise<void> {
  const stores = await openStores({ smallDisk: true });
  const sql = await openWire(() => {
    const { hostname, port } = new URL(stores.postgresUrl());
    return { host: hostname, port: Number(port) };
  });
  const documents = await openWire(() => {
    const { hostname } = new URL(stores.documentsUrl());
    return { path: decodeURIComponent(hostname) };
  });
  world = { stores, sql, documents };
  tiffin = await bootTiffin({
    ...stores.env,
    DATABASE_URL: sql.through(stores.postgresUrl()),
    MONGODB_URL: `mongodb://127.0.0.1:${documents.port}/?directConnection=true`,
  });
  guests = await createGuests(tiffin, stores, { patient: true });
}
async function close(): Promise<void> {
  await tiffin?.stop();
  await Promise.all([world.sql.close(), world.documents.close()]);
  await world.stores.close();
}

/** Begins the fault the first time that anything comes to this point. */
const strike = (fault: Fault, point: string) =>
  new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`Nothing came to ${point}`)), 20_000);
    onCrashPoint((name) => {
      if (name !== point) return;
      onCrashPoint(undefined);
      clearTimeout(late);
      void Promise.resolve(fault.begin(world)).then(resolve, reject);
    });
  });

/** Decided, under way, or "a database does not answer, try again": never a bug, never silence. */
function expectClear(answer: Answer | undefined, decided: number): void {
  if (answer?.status === decided || answer?.status === 202) return;
  if (answer?.body.code === "not-taken") return;
  expect(answer).toMatchObject({ status: 503, body: { code: "store-unavailable" } });
  expect(answer?.headers.get("retry-after")).not.toBeNull();
}

async function survives(fault: Fault, point: string): Promise<void> {
  const struck = strike(fault, point);
  const sales = KINDS.map((kind) => guests.sale(kind));
  const answers = sales.map((sale) => guests.send(tiffin, sale));
  try {
    await struck;
    await pause(fault.lastsMs);
  } finally {
    await fault.end(world);
  }

  const endedAt = performance.now();
  const next = guests.sale("cash");
  let goesOn: Answer | undefined;
  while (goesOn?.status !== 201 && performance.now() - endedAt < 4 * GOES_ON_WITHIN_MS) {
    goesOn = await guests.send(tiffin, next);
    if (goesOn?.status !== 201) await pause(50);
  }
  expect(goesOn?.status, JSON.stringify(goesOn?.body)).toBe(201);
  next.answer = goesOn;
  expect(performance.now() - endedAt).toBeLessThan(GOES_ON_WITHIN_MS);

  for (const [index, sale] of sales.entries()) {
    const answer = await answers[index];
    expectClear(answer, sale.status);
    // The simulator keeps its books in the database that fails.
    sale.mayNotBeTaken = true;
    if (answer && answer.status !== 202 && answer.status !== 503) sale.answer = answer;
    await guests.settle(tiffin, sale);
  }
  await guests.check(tiffin);
}

/** Declares a test for each fault at each point: one restaurant lives through them all. */
export function describeFaults(
  store: string,
  faults: readonly Fault[],
  points: readonly string[],
): void {
  beforeAll(open);
  afterAll(close);
  afterEach(() => onCrashPoint(undefined));

  const rounds = faults.flatMap((fault) =>
    points.map((point) => ({ fault, what: fault.name, point })),
  );
  describe(`while ${store}`, () => {
    it.for(rounds)(
      "$what at $point, each order is placed once or refused, and orders go on",
      { timeout: 120_000 },
      ({ fault, point }, context) => {
        if (fault.possible?.(world) === false) return context.skip("this machine cannot do that");
        return survives(fault, point);
      },
    );
  });
}
