// What charts draw, from rows of a report. Pure: the same rows give the same bars, and the bars' figures are the rows'.

export interface Bar {
  readonly key: string;
  readonly label: string;
  /** Shorter, for below a column. */
  readonly tick?: string;
  /** Whole amount in the stored unit. Below 0 where more was cancelled than sold. */
  readonly amount: number;
  readonly count: number;
}

export interface DrawnBar extends Bar {
  /** 0 to 1 of the highest bar; what is below 0 is drawn as nothing and said in figures. */
  readonly height: number;
  /** 0 to 1 of all that was sold. */
  readonly share: number;
}

export function draw(bars: readonly Bar[]): DrawnBar[] {
  const highest = Math.max(0, ...bars.map(({ amount }) => amount));
  const all = bars.reduce((sum, { amount }) => sum + Math.max(0, amount), 0);
  const part = (amount: number, whole: number) => (whole === 0 ? 0 : Math.max(0, amount) / whole);
  return bars.map((bar) => ({
    ...bar,
    height: part(bar.amount, highest),
    share: part(bar.amount, all),
  }));
}

/** A chart of fewer hours would look like a poster. */
const FEWEST_HOURS = 10;

const HOURS = 24;

/** Hours in the order of the trading day, from the first with sales to the last, with the empty ones between, and some
 *  more of a short day. `startHour` is when a trading day begins; it may have been another one when these were sold. */
export function filledHours(hours: readonly number[], startHour: number): number[] {
  if (hours.length === 0) return [];
  const sinceStart = hours.map((hour) => (hour - startHour + HOURS) % HOURS);
  const first = Math.min(...sinceStart);
  const length = Math.max(FEWEST_HOURS, Math.max(...sinceStart) - first + 1);
  // Not into the next trading day: rather from earlier on.
  const begin = Math.min(first, HOURS - length);
  return Array.from({ length }, (_, index) => (startHour + begin + index) % HOURS);
}

const pad = (hour: number) => String(hour).padStart(2, "0");
export const hourLabel = (hour: number): string => `${pad(hour)}:00`;
export const hourTick = pad;

/** Highest first, equal ones by name, so that the order does not jump between two readings. */
export const byAmount = (bars: readonly Bar[]): Bar[] =>
  bars.toSorted((a, b) => b.amount - a.amount || a.label.localeCompare(b.label));

/** A round number at or a little above the highest, for the scale: 1, 2, 2.5 or 5 times a power of ten. */
export function scaleTop(highest: number): number {
  if (highest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  const step = [1, 2, 2.5, 5, 10].find((times) => times * power >= highest) ?? 10;
  return step * power;
}
