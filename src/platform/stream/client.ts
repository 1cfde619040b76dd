// One client: takes entries out of the ring as fast as its connection does, and holds nothing of its own but what the
// connection has not sent yet: at most one entry above the connection's own mark. One that does not take what is there
// for it within a time is dropped; it comes again with the id of the last event that it got.
import { encodePlaces, isAhead, laterOf, type Places } from "./places.js";
import { frame, type Ring } from "./ring.js";

/** A connection that text is sent to. */
export interface Sink {
  /** False: it has not sent all of it yet; wait for `onDrain`. */
  write(chunk: Buffer | string): boolean;
  /** Bytes that wait in this process. */
  waiting(): number;
  onDrain(listener: () => void): void;
  onClose(listener: () => void): void;
  /** Sends a last word and ends. */
  end(chunk: string): void;
  destroy(): void;
}

/** Who listens. */
export interface Listener {
  /** Of the person. */
  readonly id: string;
  /** Missing: its permission does not end with a session. */
  readonly sessionId?: string | undefined;
  readonly permissions: ReadonlySet<string>;
}

export type Reason = "draining" | "session-ended" | "slow" | "unavailable";

export type Client = ReturnType<typeof createClient>;

/** An end that was not taken up is enforced after this time. */
const LAST_WORD_MS = 3_000;
/** A client whose connection broke comes again after this time, or after up to twice as much. */
const RETRY_MS = 1_000;

export function createClient(
  sink: Sink,
  listener: Listener,
  {
    topics,
    ring,
    slowMs,
    onEnd,
  }: {
    /** Undefined: all that the listener may see. */
    readonly topics: ReadonlySet<string> | undefined;
    readonly ring: Ring;
    readonly slowMs: number;
    readonly onEnd: (reason: Reason | "gone") => void;
  },
) {
  let who = listener;
  /** The next entry that it wants; undefined until it has been told where it begins. */
  let next: number | undefined;
  let places: Places = {};
  /** It came with places of its own, which the ring reaches in another order. */
  let apart = false;
  let sentPlaces: Places | undefined;
  let ended = false;
  let patience: NodeJS.Timeout | undefined;

  sink.onDrain(() => {
    clearTimeout(patience);
    patience = undefined;
    pump();
  });
  sink.onClose(() => finish("gone"));

  function finish(reason: Reason | "gone"): boolean {
    if (ended) return false;
    ended = true;
    clearTimeout(patience);
    onEnd(reason);
    return true;
  }

  function end(reason: Reason): void {
    if (!finish(reason)) return;
    sink.end(`event: closing\ndata: ${JSON.stringify({ reason })}\n\n`);
    const cut = setTimeout(() => sink.destroy(), LAST_WORD_MS);
    cut.unref();
    sink.onClose(() => clearTimeout(cut));
  }

  function send(chunk: Buffer | string): void {
    if (!sink.write(chunk)) patience ??= setTimeout(() => end("slow"), slowMs);
  }

  function pump(): void {
    while (next !== undefined && !ended && patience === undefined && next < ring.end()) {
      if (next < ring.first()) return end("slow");
      const slot = ring.at(next);
      next += 1;
      if (!slot) continue;
      const { publisher, place, shown } = slot.entry;
      const known = apart && place.position <= (places[publisher]?.position ?? 0);
      places = apart ? laterOf(places, slot.places) : slot.places;
      if (apart && !isAhead(places, slot.places)) apart = false;
      if (known || !shown || !slot.chunk || !mayShow(shown)) continue;
      sentPlaces = places;
      send(places === slot.places ? slot.chunk : frame(shown.text, places));
    }
  }

  const mayShow = ({ topic, permission }: { topic: string; permission: string }) =>
    who.permissions.has(permission) && (topics === undefined || topics.has(topic));

  return {
    listener: () => who,
    /** Begins at `start`, with a first word that says so. */
    begin(word: string, start: { readonly next: number; readonly places: Places }): void {
      if (ended) return;
      ({ next, places } = start);
      sentPlaces = places;
      apart = true;
      // Not all at the same moment, when a server with many of them starts again.
      const retryMs = Math.round(RETRY_MS * (1 + Math.random()));
      send(frame(`retry: ${retryMs}\n${word}`, places));
      pump();
    },
    pump,
    /** A sign of life, with the place that it has reached although nothing was for it; not while it is behind. */
    beat(): void {
      if (ended || next === undefined || patience !== undefined) return;
      const moved = sentPlaces !== places;
      sentPlaces = places;
      send(moved ? `:\nid: ${encodePlaces(places)}\n\n` : ":\n\n");
    },
    /** The same person, perhaps with other permissions. */
    is(listenerNow: Listener): void {
      who = listenerNow;
    },
    end,
    waiting: () => sink.waiting(),
  };
}
