// Lays what several publishers told into one order: by time, but never an event before one that its own publisher told
// earlier. A client's place is how far it is with each publisher, so one that overtook another would hide it for ever.

export function mergeByTime<Told extends { readonly occurredAt: string }>(
  lists: readonly (readonly Told[])[],
): Told[] {
  const rest = lists.map((list) => list.toReversed());
  const merged: Told[] = [];
  for (;;) {
    const next = rest.reduce<Told[] | undefined>((best, list) => {
      const [one, other] = [list.at(-1), best?.at(-1)];
      return one && (!other || one.occurredAt < other.occurredAt) ? list : best;
    }, undefined);
    const told = next?.pop();
    if (!told) return merged;
    merged.push(told);
  }
}
