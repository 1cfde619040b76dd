// The newest events of all publishers in one order, in memory, shared by all clients: each client is only a number, the
// next entry that it wants. Bounded; what falls out at the old end is still in the archives.
import { encodePlaces, isSame, type Place, type Places } from "./places.js";

export interface Entry {
  readonly publisher: string;
  readonly place: Place;
  readonly eventId: string;
  readonly occurredAt: string;
  /** Undefined: it only moves the place on. */
  readonly shown?: { readonly topic: string; readonly permission: string; readonly text: string };
}

export interface Slot {
  readonly entry: Entry;
  /** Where somebody stands who has seen everything up to here. */
  readonly places: Places;
  /** The event as it is sent, made once for everybody. */
  readonly chunk: Buffer | undefined;
}

export interface RingLimits {
  readonly entries: number;
  readonly bytes: number;
}

const ENTRY_BYTES = 400;
const weightOf = ({ chunk }: Slot) => ENTRY_BYTES + (chunk?.length ?? 0);

export const frame = (text: string, places: Places): Buffer =>
  Buffer.from(`id: ${encodePlaces(places)}\n${text}\n`);

export type Ring = ReturnType<typeof createRing>;

export function createRing(limits: RingLimits) {
  let slots: Slot[] = [];
  let first = 0;
  let bytes = 0;
  let base: Places = {};
  const ids = new Set<string>();

  const placesNow = () => slots.at(-1)?.places ?? base;

  function slotOf(entry: Entry, before: Places): Slot {
    const places = { ...before, [entry.publisher]: entry.place };
    return { entry, places, chunk: entry.shown && frame(entry.shown.text, places) };
  }

  function trim(): void {
    let count = 0;
    while (slots.length - count > limits.entries || bytes > limits.bytes) {
      const slot = slots[count];
      if (!slot) break;
      bytes -= weightOf(slot);
      ids.delete(slot.entry.eventId);
      base = slot.places;
      count += 1;
    }
    slots.splice(0, count);
    first += count;
  }

  return {
    /** Empty, at these places. */
    begin(at: Places): void {
      first += slots.length;
      slots = [];
      bytes = 0;
      base = at;
      ids.clear();
    },
    /** Where its first entry follows. */
    base: () => base,
    head: placesNow,
    first: () => first,
    end: () => first + slots.length,
    at: (index: number): Slot | undefined => slots[index - first],
    bytes: () => bytes,
    append(entries: readonly Entry[]): void {
      for (const entry of entries) {
        // A relay that took over may put an event at the end that its predecessor had archived already.
        const { shown, ...bare } = entry;
        const slot = slotOf(ids.has(entry.eventId) || !shown ? bare : entry, placesNow());
        ids.add(entry.eventId);
        slots.push(slot);
        bytes += weightOf(slot);
      }
      trim();
    },
    /** Puts what lies between `from` and the base in front. False, and nothing is changed, when it does not fit. */
    prepend(entries: readonly Entry[], from: Places): boolean {
      const older: Slot[] = [];
      for (const entry of entries) older.push(slotOf(entry, older.at(-1)?.places ?? from));
      const weight = older.reduce((total, slot) => total + weightOf(slot), bytes);
      if (older.length + slots.length > limits.entries || weight > limits.bytes) return false;
      slots = [...older, ...slots];
      first -= older.length;
      bytes = weight;
      base = from;
      for (const { entry } of older) ids.add(entry.eventId);
      return true;
    },
    /** Whether this is a place that it goes through. */
    knows(publisher: string, place: Place): boolean {
      const start = base[publisher];
      if (start && isSame(start, place)) return true;
      return slots.some(({ entry }) => entry.publisher === publisher && isSame(entry.place, place));
    },
  };
}
