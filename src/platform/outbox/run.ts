// One run of the relay, as long as its claim lasts: takes events out of one outbox, hands them to the bus, and moves
// them to the archive once every subscription has them.
//
// The trade: all state of a delivery is in memory, so a relay that dies delivers again what it had not archived, and
// the inboxes skip what they know; in exchange nothing is written for a delivery but the archive, in batches.
//
// A subscription that does not answer in time is "behind": it leaves the live stream and reads the archive on from
// where it stood (catch-up.ts). So nobody waits for it, and nothing piles up in memory for it.
import type { Bus, BusListener, Receipt } from "#platform/bus";
import { emit } from "#platform/bus/emit";
import { crashPoint, type EventEnvelope, type Foreground } from "#platform/kernel";
import { catchUp } from "./catch-up.js";
import { type Flight, isDone, lateIn } from "./flight.js";
import { hearsFrom, toMessage } from "./subscription.js";
import { createBell, letPassMs, type RelayTiming, withTimeout } from "./timing.js";
import type { Claim, Logger, Metrics, OutboxStore, SubscriptionRecord } from "./types.js";

/** At most this many events are in memory. */
const WINDOW = 2_000;
const PAGE = 500;
/** Delivered events are archived together; nobody waits for it. */
const ARCHIVE_AFTER_MS = 20;
const PURGE_PAGE = 250; // the embedded document store does nothing else while it forgets one
const PURGE_PAGES = 400;

export interface RelayOptions {
  /** The module whose events these are. */
  readonly publisher: string;
  readonly store: OutboxStore;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly retentionDays: number;
  readonly foreground: Foreground;
  readonly timing: RelayTiming;
  readonly onArchived: () => void;
}

/** What relays while one claim lasts. */
export type RelayRun = ReturnType<typeof createRun>;

export function createRun(claim: Claim, options: RelayOptions) {
  const { publisher, bus, logger, metrics, foreground, timing } = options;
  const flights = new Map<string, Flight>();
  const records = new Map<string, SubscriptionRecord>();
  /** Not offered new events. */
  const apart = new Set<string>();
  const catchingUp = new Map<
    string,
    { readonly run: Promise<void>; readonly cancel: AbortController }
  >();
  const bell = createBell();
  const ended = new AbortController();
  let fetchWanted = true;
  /** The last fetch took all that there was. */
  let isDrained = false;
  /** The first call since then, which comes right after a commit. */
  let calledAt: number | undefined;
  let draining = false;
  let stuckCheckAt = 0;
  let failure: unknown;
  let archiveTimer: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  /** By the clock that nobody can put back: the poll must not wait until the other one has caught up. */
  let fetchedAt = performance.now();
  let lastProgressAt = Date.now();

  const isOurs = ({ patterns }: BusListener) => hearsFrom(publisher, patterns);
  const listenerOf = (name: string) => {
    const listener = bus.find(name);
    return listener && isOurs(listener) ? listener : undefined;
  };

  /** One at a time: nothing is fetched or archived while `work` runs. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  }

  function addReceipts(flight: Flight, receipts: ReadonlyMap<string, Receipt>): void {
    for (const [subscription, receipt] of receipts) {
      flight.receipts.set(subscription, { receipt, sentAt: performance.now() });
      void receipt.stored.then(() => {
        if (flight.receipts.get(subscription)?.receipt !== receipt) return;
        flight.receipts.delete(subscription);
        if (isDone(flight)) archiveSoon();
      });
    }
  }

  function archiveSoon(): void {
    archiveTimer ??= setTimeout(() => {
      archiveTimer = undefined;
      bell.ring();
    }, ARCHIVE_AFTER_MS);
  }

  /** Fetches a page and emits it, oldest first. A full page means that there may be more; so does one that nobody called
   *  for, of which an event may have had to wait where it lies: nobody calls for those behind it. */
  async function fetchAndEmit(): Promise<void> {
    if (draining || !fetchWanted || WINDOW - flights.size < PAGE) return;
    fetchWanted = false;
    // What is new since a fetch that took all was committed when it was called, or after.
    const notBefore = isDrained ? (calledAt ?? 0) : 0;
    const byCall = calledAt !== undefined;
    calledAt = undefined;
    const events = await claim.fetch([...flights.keys()], PAGE);
    isDrained = events.length < PAGE;
    fetchWanted ||= !isDrained || (!byCall && events.length > 0);
    fetchedAt = performance.now();
    for (const event of events) {
      const committedAt = Math.max(notBefore, Date.parse(event.occurredAt));
      const message = toMessage(event, committedAt);
      const flight: Flight = { message, event, receipts: new Map() };
      flights.set(event.id, flight);
      const receipts = emit(bus, message, (name) => !apart.has(name));
      addReceipts(flight, receipts);
      if (isDone(flight)) archiveSoon();
    }
    metrics.counter("events_relayed_total", { outbox: publisher }, events.length);
    if (events.length > 0) crashPoint("relay.after-emit");
  }

  /** An event waits for the earlier ones of its key, so that the archive has each key in order. */
  async function archiveDone(): Promise<void> {
    const done: EventEnvelope[] = [];
    const unfinished = new Set<string>();
    for (const flight of flights.values()) {
      if (!isDone(flight)) unfinished.add(flight.message.key);
      else if (!unfinished.has(flight.message.key)) done.push(flight.event);
    }
    if (done.length === 0) return;
    crashPoint("relay.before-archive");
    await claim.archive(done);
    crashPoint("relay.after-archive");
    for (const event of done) flights.delete(event.id);
    lastProgressAt = Date.now();
    options.onArchived();
  }

  /** Takes a subscription out of the live stream, durably before anything is archived without it. */
  async function setApart(name: string): Promise<void> {
    apart.add(name);
    catchingUp.get(name)?.cancel.abort();
    await claim.fallBehind(name);
    for (const flight of flights.values()) {
      flight.receipts.get(name)?.receipt.withdraw();
      if (flight.receipts.delete(name) && isDone(flight)) archiveSoon();
    }
  }

  async function findStuck(): Promise<void> {
    const now = performance.now();
    if (now < stuckCheckAt) return;
    stuckCheckAt = now + timing.stuckAfterMs / 4;
    const stuck = lateIn(flights.values(), now - timing.stuckAfterMs);
    for (const name of stuck) {
      metrics.counter("event_subscription_behind_total", { subscription: name });
      logger.warn(
        { subscription: name, outbox: publisher },
        "listener is slow or stuck: it goes on from the archive",
      );
      await setApart(name);
    }
    if (stuck.size > 0) await refresh();
  }

  /** Reads where each subscription stands; new ones are added, moved and paused ones are obeyed. */
  async function refresh(fresh = true): Promise<void> {
    const stored = await claim.subscriptions(fresh);
    const isKnown = new Set(stored.map((record) => record.name));
    const unknown = bus.listeners().filter((one) => isOurs(one) && !isKnown.has(one.subscription));
    for (const { subscription, from } of unknown) await claim.register(subscription, from);
    for (const record of unknown.length > 0 ? await claim.subscriptions(true) : stored) {
      const { name, status } = record;
      const moved = records.get(name)?.epoch !== record.epoch;
      records.set(name, record);
      if (status === "live") {
        // Heard in another process, or by an older version: it finds what it missed in the archive.
        if (!listenerOf(name) && !apart.has(name)) await setApart(name);
        continue;
      }
      // While it catches up it may hear the live stream again before the store says so.
      if (moved || !catchingUp.has(name)) await setApart(name);
      if (status === "pausing") void confirmPause(name).catch(fail);
      if (status === "behind" && listenerOf(name)) startCatchUp(name);
    }
  }

  async function confirmPause(name: string): Promise<void> {
    await catchingUp.get(name)?.run;
    await bus.find(name)?.idle();
    await claim.confirmPause(name);
  }

  function startCatchUp(name: string): void {
    if (catchingUp.has(name)) return;
    const record = records.get(name);
    if (!record) return;
    const cancel = new AbortController();
    const run = catchUp({
      record,
      claim,
      bus,
      cancelled: AbortSignal.any([cancel.signal, ended.signal]),
      alone,
      // In one turn: what is in flight follows the last of the archive, and then it hears everything live again.
      rejoin() {
        for (const flight of flights.values()) {
          const receipts = emit(bus, flight.message, (other) => other === name);
          addReceipts(flight, receipts);
        }
        apart.delete(name);
      },
    })
      .catch(fail)
      .finally(() => {
        catchingUp.delete(name);
        // It is live now, or a person moved it, or it got stuck once more: the store knows.
        if (!ended.signal.aborted) void alone(() => refresh()).catch(fail);
      });
    catchingUp.set(name, { run, cancel });
  }

  function fail(error: unknown): void {
    failure ??= error;
    ended.abort();
    bell.ring();
  }

  /** Goes on until `stopping` or until the claim is lost (then it throws). */
  async function relay(stopping: AbortSignal): Promise<void> {
    const over = AbortSignal.any([stopping, claim.lost]);
    over.addEventListener("abort", bell.ring);
    let idlePolls = 0;
    try {
      await alone(() => refresh());
      while (!stopping.aborted) {
        claim.lost.throwIfAborted();
        if (failure) throw failure;
        if (!draining && isDrained)
          await foreground.clear(letPassMs(performance.now() - fetchedAt));
        await alone(async () => {
          await fetchAndEmit();
          await findStuck();
          await archiveDone();
        });
        metrics.gauge("outbox_in_flight", { outbox: publisher }, flights.size);
        if (fetchWanted && !draining && WINDOW - flights.size >= PAGE) continue;
        const doubledMs = timing.firstPollMs * 2 ** Math.min(idlePolls, 20);
        const pollMs = Math.min(timing.longestPollMs, doubledMs);
        await bell.wait(flights.size > 0 ? Math.min(pollMs, timing.stuckAfterMs / 4) : pollMs);
        if (fetchWanted) idlePolls = 0;
        else if (performance.now() - fetchedAt >= pollMs - 5) {
          // The net: everything else here is started by somebody's call.
          idlePolls += 1;
          fetchWanted = true;
          await alone(() => refresh(false));
        }
      }
      await alone(archiveDone);
    } finally {
      over.removeEventListener("abort", bell.ring);
      ended.abort();
      clearTimeout(archiveTimer);
      for (const { receipts } of flights.values())
        for (const { receipt } of receipts.values()) receipt.withdraw();
      await Promise.allSettled([...catchingUp.values()].map(({ run }) => run));
    }
  }

  return {
    relay,
    /** There is something to fetch. */
    wake(): void {
      calledAt ??= Date.now();
      fetchWanted = true;
      bell.ring();
    },
    /** Somebody moved a subscription, here or in another process. */
    refresh: () => alone(() => refresh()).catch(fail),
    purge: async () => {
      for (let page = 0; page < PURGE_PAGES && !ended.signal.aborted; page++) {
        if ((await alone(() => claim.purge(options.retentionDays, PURGE_PAGE))) < PURGE_PAGE)
          return;
      }
    },
    /** What waits in memory, and when events last left for good (or the relay began). */
    inFlight: () => ({ count: flights.size, lastProgressAt }),
    /** Fetches no more, and waits for a while until everything in flight is stored. */
    async drain(graceMs: number): Promise<void> {
      draining = true;
      const open = [...flights.values()].flatMap(({ receipts }) => [...receipts.values()]);
      const stored = Promise.all(open.map(({ receipt }) => receipt.stored));
      await withTimeout(stored, graceMs).catch(() => undefined);
    },
  };
}
