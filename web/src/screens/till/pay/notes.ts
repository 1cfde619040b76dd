// The notes that guests hand over, in whole units: four buttons that reach every whole amount with few taps.
const NOTES: Readonly<Record<string, readonly number[]>> = {
  MMK: [500, 1_000, 5_000, 10_000],
  VND: [10_000, 50_000, 100_000, 500_000],
  IDR: [5_000, 10_000, 50_000, 100_000],
  THB: [20, 100, 500, 1_000],
  INR: [10, 100, 200, 500],
};
const SMALL = [1, 5, 10, 20];
const LARGE = [500, 1_000, 5_000, 10_000];

export const notesOf = (currency: string, decimals: number): readonly number[] =>
  NOTES[currency] ?? (decimals > 0 ? SMALL : LARGE);
