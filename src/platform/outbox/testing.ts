// For tests: one outbox, one inbox and an ordered record of effects in a store, with hands to break things.
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Bus } from "#platform/bus";
import { createBus } from "#platform/bus";
import { defineEvent, type EventDefinition, type EventEnvelope, newId } from "#platform/kernel";
import type { Inbox } from "./inbox.js";
import type { OutboxControl } from "./outbox.js";
import type { Subscription } from "./subscription.js";
import type { RelayTiming, RetryPolicy } from "./timing.js";
import type { Logger } from "./types.js";

export const quiet: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export const Noted = defineEvent("shop.thing-noted.v1", {
  key: (data) => data.about,
  schema: z.object({ about: z.string(), n: z.number() }),
});
export type NotedData = z.infer<typeof Noted.schema>;

export const noted = (about: string, n: number, occurredAt?: Date): EventEnvelope<NotedData> =>
  Noted.create({ about, n }, occurredAt ? { occurredAt } : {});

/** An event that no definition of today made. */
export const foreign = (name: string, key: string, data: unknown): EventEnvelope => ({
  id: newId(),
  name,
  key,
  occurredAt: new Date().toISOString(),
  trace: null,
  data,
});

export interface ProcessOptions {
  readonly retry?: Partial<RetryPolicy>;
  readonly timing?: Partial<RelayTiming>;
  readonly retentionDays?: number;
}

/** A store under test. `Tx` is what handlers get. */
export interface World<Tx> {
  /** Writes a change and its events, in one transaction or document. */
  publish(events: readonly EventEnvelope[]): Promise<void>;
  /** Writes a change and its event and fails before the commit. */
  publishInVain(event: EventEnvelope): Promise<void>;
  changes(): Promise<number>;
  /** Begins a transaction that tells this event, and leaves it open. Where the store has no transactions: the event
   *  has its id, and is written later. */
  beginLate(event: EventEnvelope): Promise<{ commit(): Promise<void> }>;
  /** Reads what waits as one should not: by the highest position or id seen so far. */
  readAfter(
    last: string | number | null,
  ): Promise<readonly { readonly place: string | number; readonly n: number }[]>;
  /** What a handler does: an effect in the inbox's store, in order. */
  apply(tx: Tx, subscription: string, events: readonly EventEnvelope[]): Promise<void>;
  /** The `n` of each applied event, in order. */
  effects(subscription: string): Promise<number[]>;
  /** As a rebuild does before it begins. */
  clearEffects(subscription: string): Promise<void>;
  createOutbox(bus: Bus, options: ProcessOptions): OutboxControl;
  createInbox(
    bus: Bus,
    subscriptions: readonly Subscription<Tx>[],
    options: ProcessOptions,
  ): Inbox<Tx>;
  /** Ends the relay's claim from outside, as a lost connection or a stalled process does. */
  breakClaim(): Promise<void>;
  /** While broken, the inbox's store refuses everything. */
  breakInbox(broken: boolean): Promise<void>;
  /** Makes everything in the archive and the inbox look `days` older. */
  age(days: number): Promise<void>;
  /** How many events the inbox remembers. */
  known(): Promise<number>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

export const FAST: ProcessOptions = {
  retry: { attempts: 3, firstPauseMs: 10, longestPauseMs: 40 },
  timing: {
    claimEveryMs: 200,
    suspectAfterMs: 300,
    firstPollMs: 50,
    longestPollMs: 500,
    stuckAfterMs: 400,
  },
};

/** As one process would run it: a bus, an inbox with these subscriptions, an outbox. */
export function startProcess<Tx>(
  world: World<Tx>,
  subscriptions: readonly Subscription<Tx>[],
  options: ProcessOptions = {},
) {
  const all = { ...FAST, ...options, timing: { ...FAST.timing, ...options.timing } };
  const bus = createBus();
  const inbox = world.createInbox(bus, subscriptions, all);
  const outbox = world.createOutbox(bus, all);
  inbox.start();
  outbox.start();
  let stopped = false;
  return {
    bus,
    inbox,
    outbox,
    async publish(...events: EventEnvelope[]): Promise<void> {
      await world.publish(events);
      outbox.wake();
    },
    async stop(graceMs?: number): Promise<void> {
      if (stopped) return;
      stopped = true;
      await outbox.stop(graceMs);
      await inbox.stop();
    },
  };
}

/** A subscription that writes each event down; `fail` decides which attempts throw. */
export function recorder<Tx>(
  world: World<Tx>,
  name: string,
  over: Partial<Subscription<Tx>> & {
    fail?: (event: EventEnvelope<NotedData>) => void | Promise<void>;
  } = {},
): Subscription<Tx> & { batches: number[][] } {
  const { fail, ...rest } = over;
  const batches: number[][] = [];
  return {
    name,
    events: [Noted] as readonly EventDefinition[],
    async handle(events, tx) {
      const own = events as readonly EventEnvelope<NotedData>[];
      batches.push(own.map((event) => event.data.n));
      for (const event of own) await fail?.(event);
      await world.apply(tx, name, own);
    },
    ...rest,
    batches,
  };
}

/** Asks again and again until `check` passes; its last complaint is the failure. */
export async function eventually(
  check: () => Promise<void> | void,
  timeoutMs = 20_000,
): Promise<void> {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await pause(15);
  }
}

/** What the parts of the conformance suite get. */
export interface Suite<Tx> {
  readonly world: World<Tx>;
  start(
    subscriptions: readonly Subscription<Tx>[],
    options?: ProcessOptions,
  ): ReturnType<typeof startProcess<Tx>>;
  /** Waits until exactly these are applied, in this order. */
  applied(name: string, numbers: readonly number[]): Promise<void>;
}

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
