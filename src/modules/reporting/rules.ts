// Pure decisions of reporting: in which currency the books are kept, in which order hours are shown.
import { roundedShare } from "#platform/kernel";

interface Counted {
  readonly name: string;
  readonly data: unknown;
}

/** The currency in which these events are counted. Sums of two currencies would mean nothing, so the second one is
 *  refused: its event becomes a dead letter that a person sees.
 *  @throws Error */
export function currencyOf(events: readonly Counted[], books: string | null): string | null {
  let currency = books;
  for (const { name, data } of events) {
    const { totals, amount } = data as {
      totals?: { total: { currency: string } };
      amount?: { currency: string };
    };
    const own = (totals?.total ?? amount)?.currency ?? null;
    if (currency !== null && own !== currency) {
      throw new Error(`These books are kept in ${currency}, and ${name} tells of ${own}.`);
    }
    currency = own;
  }
  return currency;
}

/** What an order comes to on average, rounded half away from zero. */
export const average = (total: number, orders: number): number =>
  orders === 0 ? 0 : roundedShare(total, { numerator: 1n, denominator: BigInt(orders) });

/** As the trading day goes: with one that starts at 4, the hour 3 is the last. */
export const byTradingHour =
  (startHour: number) =>
  (a: { readonly key: string }, b: { readonly key: string }): number =>
    hoursAfter(startHour, a.key) - hoursAfter(startHour, b.key);

const hoursAfter = (startHour: number, hour: string) => (Number(hour) - startHour + 24) % 24;

/** How many days a report may span. */
export const LONGEST_RANGE_DAYS = 3_660;

/** Why the range cannot be reported on, or undefined. */
export function rangeFault(from: string | undefined, to: string | undefined): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  if (from > to) return "must not be before the first day";
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  return days >= LONGEST_RANGE_DAYS ? "must be at most ten years after the first day" : undefined;
}
