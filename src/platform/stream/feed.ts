// The one reader of this process: reads on in the publishers' archives when it is told that they grew, into the ring
// that all clients share. However many clients there are, it asks as often.
//
// An archive has one writer and keeps its order, so that going on from a position misses nothing; the events that wait
// in the outboxes themselves could not be read so (they become visible in another order than they are numbered).
import type { EventEnvelope } from "#platform/kernel";
import { mergeByTime } from "./merge.js";
import { decodePlaces, isAhead, isSame, NOWHERE, placeOf, type Places } from "./places.js";
import { createRing, type Entry, type RingLimits } from "./ring.js";

export interface ArchivedEvent {
  readonly position: number;
  readonly event: EventEnvelope;
}

/** A publisher's archive of delivered events. */
export interface Source {
  readonly publisher: string;
  read(after: number, limit: number): Promise<readonly ArchivedEvent[]>;
  last(): Promise<ArchivedEvent | undefined>;
}

/** What clients are shown of an event; undefined: nothing. */
export interface Shown {
  readonly topic: string;
  /** Who has not got it does not see the event. */
  readonly permission: string;
  readonly data: unknown;
}

export interface FeedOptions {
  readonly sources: readonly Source[];
  readonly show: (event: EventEnvelope) => Shown | undefined;
  readonly ring: RingLimits;
  /** Reads of one archive are at least this far apart, so that many small steps become one. */
  readonly pauseMs: number;
  readonly logger: { warn(details: object, message: string): void };
  /** There is something new in the ring. */
  readonly onGrown: () => void;
  /** The archives are not the ones that were read before: nothing that clients know is worth anything. */
  readonly onLost: () => void;
}

interface Unread {
  readonly source: Source;
  readonly error: unknown;
}

export type Entrance =
  | { readonly kind: "fresh" | "resumed"; readonly next: number; readonly places: Places }
  | {
      readonly kind: "reset";
      readonly reason: "unknown-position" | "too-old";
      readonly next: number;
      readonly places: Places;
    };

const PAGE = 200;
const RETRY_MS = 1_000;

export function createFeed(options: FeedOptions) {
  const { sources, show, logger, onGrown, onLost, pauseMs } = options;
  const publishers = sources.map(({ publisher }) => publisher);
  const ring = createRing(options.ring);
  const wanted = new Set<Source>();
  /** They did not answer, and are asked apart until they do: a store that is away keeps no other one's events. */
  const away = new Map<Source, NodeJS.Timeout>();
  let running = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** One at a time: nothing else reads or moves the ring while `work` runs. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work);
    turn = next.catch(() => undefined);
    return next;
  }

  const toEntry = (publisher: string, archived: ArchivedEvent): Entry => {
    const { event } = archived;
    const base = {
      publisher,
      place: placeOf(archived),
      eventId: event.id,
      occurredAt: event.occurredAt,
    };
    const shown = show(event);
    if (!shown) return base;
    const { topic, permission } = shown;
    const data = { id: event.id, key: event.key, occurredAt: event.occurredAt, data: shown.data };
    // JSON has no line breaks, so this is one line.
    const text = `event: ${topic}\ndata: ${JSON.stringify(data)}\n`;
    return { ...base, shown: { topic, permission, text } };
  };
  const headOf = ({ publisher }: Source) => ring.head()[publisher] ?? NOWHERE;

  async function begin(): Promise<void> {
    // From here on what it is told of is read, though after this.
    running = true;
    const ends = await Promise.all(sources.map((source) => source.last())).catch(
      (error: unknown) => {
        running = false;
        throw error;
      },
    );
    const places = sources.map(({ publisher }, index) => {
      const end = ends[index];
      return [publisher, end ? placeOf(end) : NOWHERE] as const;
    });
    ring.begin(Object.fromEntries(places));
  }

  async function readPage(source: Source) {
    const page = await source.read(headOf(source).position, PAGE);
    return page.map((archived) => toEntry(source.publisher, archived));
  }

  /** Reads these to their ends. Answers with those that cannot be read. */
  async function readOn(these: Iterable<Source>): Promise<Unread[]> {
    const unread: Unread[] = [];
    let open = [...these];
    while (open.length > 0) {
      const pages = await Promise.all(
        open.map((source) =>
          readPage(source).catch((error: unknown) => {
            unread.push({ source, error });
            return [];
          }),
        ),
      );
      const entries = mergeByTime(pages);
      ring.append(entries);
      if (entries.length > 0) onGrown();
      open = open.filter((_source, index) => pages[index]?.length === PAGE);
    }
    return unread;
  }

  function askApart(source: Source): void {
    clearTimeout(away.get(source));
    const timer = setTimeout(() => {
      source.read(headOf(source).position, 1).then(
        () => {
          if (away.get(source) !== timer) return;
          away.delete(source);
          wake(source.publisher);
        },
        () => {
          if (away.get(source) === timer) askApart(source);
        },
      );
    }, RETRY_MS);
    away.set(source, timer);
  }

  function leaveApart(unread: readonly Unread[]): void {
    if (!running) return;
    for (const { source, error } of unread) {
      const { publisher } = source;
      logger.warn({ publisher, error: String(error) }, "the stream cannot read on, trying again");
      askApart(source);
    }
  }

  /** Of one that does not answer nothing is known: it is asked apart. */
  async function keepsItsPlace(source: Source): Promise<boolean> {
    const head = headOf(source);
    if (head.position === 0) return true;
    try {
      const [at] = await source.read(head.position - 1, 1);
      return at !== undefined && isSame(placeOf(at), head);
    } catch (error) {
      leaveApart([{ source, error }]);
      return true;
    }
  }

  async function readWanted(): Promise<void> {
    const these = [...wanted];
    wanted.clear();
    if (running) leaveApart(await readOn(these));
  }

  function readSoon(): void {
    timer ??= setTimeout(() => {
      void alone(readWanted)
        .catch((error: unknown) => logger.warn({ error: String(error) }, "the stream cannot read"))
        .finally(() => {
          timer = undefined;
          if (running && wanted.size > 0) readSoon();
        });
    }, pauseMs);
  }

  function wake(publisher?: string): void {
    if (!running) return;
    for (const source of sources)
      if (!away.has(source) && (publisher === undefined || source.publisher === publisher))
        wanted.add(source);
    if (wanted.size > 0) readSoon();
  }

  function rest(): void {
    running = false;
    wanted.clear();
    for (const timer of away.values()) clearTimeout(timer);
    away.clear();
  }

  /** What lies between the client's places and the ring; a reason when it cannot be had. */
  async function fill(from: Places): Promise<"unknown-position" | "too-old" | undefined> {
    const behind = sources.filter(({ publisher }) => isAheadOf(from, publisher));
    // It may have seen, at another process, what this one has not read yet.
    const [unread] = await readOn(behind);
    if (unread) throw unread.error;
    if (isAhead(from, ring.head())) return "unknown-position";
    const older: Entry[][] = [];
    const base = ring.base();
    const room = options.ring.entries - (ring.end() - ring.first());
    const start: Record<string, Places[string]> = { ...base };
    for (const source of sources) {
      const { publisher } = source;
      const place = from[publisher] ?? NOWHERE;
      const edge = base[publisher] ?? NOWHERE;
      if (place.position >= edge.position) {
        if (!ring.knows(publisher, place)) return "unknown-position";
        continue;
      }
      const rows = [...(await source.read(Math.max(0, place.position - 1), room + 2))];
      if (place.position > 0) {
        const at = rows.shift();
        if (!at || !isSame(placeOf(at), place)) return "unknown-position";
      }
      const missing = rows.filter(({ position }) => position <= edge.position);
      if (missing.length > room) return "too-old";
      older.push(missing.map((archived) => toEntry(publisher, archived)));
      start[publisher] = place;
    }
    if (older.length === 0) return undefined;
    return ring.prepend(mergeByTime(older), start) ? undefined : "too-old";
  }

  const isAheadOf = (from: Places, publisher: string) =>
    (from[publisher] ?? NOWHERE).position > (ring.head()[publisher] ?? NOWHERE).position;

  return {
    ring,
    /** Where a client that comes begins: after what it saw last, or now. */
    enter: (lastEventId: string | undefined): Promise<Entrance> =>
      alone(async () => {
        if (!running) await begin();
        const now = () => ({ next: ring.end(), places: ring.head() });
        if (lastEventId === undefined) return { kind: "fresh", ...now() };
        const places = decodePlaces(lastEventId, publishers);
        const reason = places ? await fill(places) : "unknown-position";
        if (!places || reason) return { kind: "reset", reason: reason ?? "too-old", ...now() };
        return { kind: "resumed", next: ring.first(), places };
      }),
    /** An archive grew, or all may have. */
    wake,
    /** After the connection to the server was lost: is what was read still there? Rejects when it is not, and nothing
     *  else can be read now: nobody is told anything any more then. */
    verify: (): Promise<void> =>
      alone(async () => {
        if (!running) return;
        for (const source of sources) {
          if (away.has(source) || (await keepsItsPlace(source))) continue;
          await begin();
          onLost();
          return;
        }
        leaveApart(await readOn(sources.filter((source) => !away.has(source))));
      }),
    /** Nobody listens: reads no more until somebody does. */
    rest,
    async stop(): Promise<void> {
      rest();
      clearTimeout(timer);
      await turn;
    },
  };
}
