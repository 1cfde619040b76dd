// Where a client stands: a position in each publisher's archive, as text that it gives back when it comes again.

/** `mark` is taken from the event at that position, so that another archive with the same numbers (restored, emptied,
 *  written anew after a crash of its server) is not taken for this one. */
export interface Place {
  readonly position: number;
  readonly mark: string;
}

/** By publisher. */
export type Places = Readonly<Record<string, Place>>;

/** Before the first event. */
export const NOWHERE: Place = { position: 0, mark: "" };

export const placeOf = ({
  position,
  event,
}: {
  readonly position: number;
  readonly event: { readonly id: string };
}): Place => ({ position, mark: event.id.slice(-6).toLowerCase() });

export const isSame = (one: Place, other: Place): boolean =>
  one.position === other.position && one.mark === other.mark;

/** `kitchen:4f.09ab3c,orders:7.1f00aa` */
export const encodePlaces = (places: Places): string =>
  Object.entries(places)
    .map(([publisher, { position, mark }]) => `${publisher}:${position.toString(36)}.${mark}`)
    .join(",");

const PLACE = /^([a-z]+):([0-9a-z]{1,11})\.([0-9a-f]{6})?$/;

/** Undefined for what is not ours, or tells of other publishers: whatever a stranger may send. */
export function decodePlaces(text: string, publishers: readonly string[]): Places | undefined {
  const places: Record<string, Place> = {};
  const parts = text.split(",", publishers.length + 1);
  for (const part of parts) {
    const [, publisher, number, mark = ""] = PLACE.exec(part) ?? [];
    const position = Number.parseInt(number ?? "", 36);
    if (publisher === undefined || !Number.isSafeInteger(position)) return undefined;
    if ((mark === "") !== (position === 0)) return undefined;
    places[publisher] = { position, mark };
  }
  const complete = parts.length === publishers.length && publishers.every((one) => one in places);
  return complete ? places : undefined;
}

/** Of two views, the later one of each publisher. */
export const laterOf = (one: Places, other: Places): Places =>
  Object.fromEntries(
    Object.entries(one).map(([publisher, place]) => {
      const otherPlace = other[publisher] ?? NOWHERE;
      return [publisher, otherPlace.position > place.position ? otherPlace : place];
    }),
  );

export const isAhead = (one: Places, other: Places): boolean =>
  Object.entries(one).some(
    ([publisher, { position }]) => position > (other[publisher] ?? NOWHERE).position,
  );
