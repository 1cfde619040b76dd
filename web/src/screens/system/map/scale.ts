// The axes of a small chart. Pure.

/** The next round number at or above: 1, 2, 5, 10, 20, 50… */
export function niceAbove(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((one) => one * power >= value - 1e-9) ?? 10;
  return step * power;
}

/** Pieces of a line; where nothing is known it is broken, and a lone point stays a point. */
export function segmentsOf(
  values: readonly (number | null)[],
): readonly (readonly { readonly index: number; readonly value: number }[])[] {
  const segments: { index: number; value: number }[][] = [];
  let current: { index: number; value: number }[] | undefined;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      current = undefined;
      continue;
    }
    if (!current) segments.push((current = []));
    current.push({ index, value });
  }
  return segments;
}
