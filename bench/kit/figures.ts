// Samples in, figures out. Pure.

/** The value below which `share` of the samples lie (nearest rank). */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

export const rounded = (value: number, digits = 2): number => Number(value.toFixed(digits));

export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export const spread = (samples: readonly number[]): Spread => ({
  median: rounded(median(samples)),
  low: rounded(Math.min(...samples)),
  high: rounded(Math.max(...samples)),
});

export const showSpread = ({ median, low, high }: Spread): string =>
  `${median} (${low} to ${high})`;

/** Of pairs that were measured one after the other, so that both felt the same machine. */
export const ratios = (ours: readonly number[], theirs: readonly number[]): Spread =>
  spread(ours.map((value, index) => value / (theirs[index] ?? NaN)));
