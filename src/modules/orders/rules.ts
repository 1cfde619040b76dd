// Pure decisions of orders: what a line and an order cost, which modifiers a dish allows, what day a sale belongs to.
import {
  includedShare,
  type LocalizedText,
  type Money,
  money,
  parseRate,
  roundedShare,
  sum,
} from "#platform/kernel";
import type { RestaurantClock, ServiceType, StockOutcome } from "./events.js";

/** The restaurant's rules that pricing needs, as `restaurant.getOrderingRules` tells them. */
export interface OrderingRules {
  readonly restaurant: {
    readonly currency: string;
    readonly timeZone: string;
    readonly businessDayStartsAt: string;
  };
  readonly tax: readonly TaxRate[];
  readonly serviceCharge: readonly ServiceChargeRate[];
  readonly tables: readonly { readonly id: string; readonly name: string }[];
  readonly modifierGroups: readonly ModifierGroup[];
  readonly items: readonly MenuItem[];
}

interface Dated {
  readonly validFrom: string;
  readonly validTo?: string | undefined;
}
export interface TaxRate extends Dated {
  readonly name: string;
  readonly rate: string;
  readonly inclusive: boolean;
}
export interface ServiceChargeRate extends Dated {
  readonly rate: string;
  readonly appliesTo: readonly string[];
}
export interface ModifierGroup {
  readonly code: string;
  readonly name: LocalizedText;
  readonly min: number;
  readonly max: number;
  readonly modifiers: readonly {
    readonly code: string;
    readonly name: LocalizedText;
    readonly price: number;
  }[];
}
export interface MenuItem {
  readonly productId: string;
  readonly category: { readonly code: string; readonly name: LocalizedText };
  readonly station: string;
  readonly modifierGroups: readonly string[];
}

export interface AskedLine {
  readonly id: string;
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly modifiers: readonly { readonly code: string }[];
  readonly note?: string | undefined;
}

export interface PricedLine extends Omit<AskedLine, "modifiers"> {
  readonly category: MenuItem["category"];
  readonly station: string;
  readonly modifiers: readonly { code: string; name: LocalizedText; price: Money }[];
  readonly total: Money;
}

export interface LineFault {
  readonly lineId: string;
  readonly productId: string;
  readonly reason:
    | "not-on-menu"
    | "two-prices"
    | "unknown-modifier"
    | "too-many-modifiers"
    | "missing-modifier"
    | "foreign-currency";
  /** Cause and remedy, in words a cashier understands. */
  readonly detail: string;
}

/** Prices each line by the price the guest saw and the server's own modifier prices; names every fault at once. */
export function priceLines(
  lines: readonly AskedLine[],
  rules: OrderingRules,
): { lines: PricedLine[]; faults: LineFault[] } {
  const items = new Map(rules.items.map((item) => [item.productId, item]));
  const faults: LineFault[] = [];
  const priced: PricedLine[] = [];
  const seenPrices = new Map<string, number>();
  for (const line of lines) {
    const fault = (reason: LineFault["reason"], detail: string) =>
      faults.push({ lineId: line.id, productId: line.productId, reason, detail });
    const item = items.get(line.productId);
    if (!item) {
      fault("not-on-menu", "This dish is not on the menu any more. Remove it.");
      continue;
    }
    const { currency } = rules.restaurant;
    if (line.unitPrice.currency !== currency) {
      fault("foreign-currency", `Prices here are in ${currency}. Load the menu again.`);
      continue;
    }
    const seen = seenPrices.get(line.productId) ?? line.unitPrice.amount;
    seenPrices.set(line.productId, seen);
    if (seen !== line.unitPrice.amount) {
      fault("two-prices", "The same dish stands here at two prices. Load the menu again.");
      continue;
    }
    const chosen = chooseModifiers(line, item, rules, fault);
    const each = sum([line.unitPrice.amount, ...chosen.map((modifier) => modifier.price.amount)]);
    priced.push({
      ...line,
      category: item.category,
      station: item.station,
      modifiers: chosen,
      total: money(sum([line.quantity * each]), currency),
    });
  }
  return { lines: priced, faults };
}

function chooseModifiers(
  line: AskedLine,
  item: MenuItem,
  rules: OrderingRules,
  fault: (reason: LineFault["reason"], detail: string) => void,
): PricedLine["modifiers"][number][] {
  const groups = rules.modifierGroups.filter((group) => item.modifierGroups.includes(group.code));
  const chosen: PricedLine["modifiers"][number][] = [];
  const counts = new Map<string, number>();
  for (const { code } of line.modifiers) {
    const group = groups.find((candidate) => candidate.modifiers.some((one) => one.code === code));
    const modifier = group?.modifiers.find((one) => one.code === code);
    if (!group || !modifier) {
      fault("unknown-modifier", `The choice "${code}" does not belong to this dish. Remove it.`);
      continue;
    }
    counts.set(group.code, (counts.get(group.code) ?? 0) + 1);
    chosen.push({
      code,
      name: modifier.name,
      price: money(modifier.price, rules.restaurant.currency),
    });
  }
  for (const group of groups) {
    const count = counts.get(group.code) ?? 0;
    if (count > group.max) {
      fault(
        "too-many-modifiers",
        `Choose at most ${group.max} of "${group.name.en}", not ${count}.`,
      );
    }
    if (count < group.min) {
      fault("missing-modifier", `Choose at least ${group.min} of "${group.name.en}".`);
    }
  }
  return chosen;
}

export interface Totals {
  readonly subtotal: Money;
  readonly discount: Money;
  readonly serviceCharge: Money;
  readonly tax: Money;
  readonly taxIncluded: Money;
  readonly rounding: Money;
  readonly total: Money;
}

/** Total = Σ lines − discount + service charge + tax + rounding. Tax is rounded once per rate, on the subtotal with
 *  the service charge; a tax that the prices include is told in `taxIncluded` and not added. */
export function totalsOf(
  lineTotals: readonly Money[],
  { serviceType, businessDate }: { serviceType: ServiceType; businessDate: string },
  rules: OrderingRules,
): { totals: Totals; taxes: { name: string; rate: string; inclusive: boolean; amount: number }[] } {
  const { currency } = rules.restaurant;
  const subtotal = sum(lineTotals.map((line) => line.amount));
  const serviceCharge = sum(
    inForce(rules.serviceCharge, businessDate)
      .filter((charge) => charge.appliesTo.includes(serviceType))
      .map((charge) => roundedShare(subtotal, parseRate(charge.rate))),
  );
  const base = sum([subtotal, serviceCharge]);
  const taxed = inForce(rules.tax, businessDate);
  const inside = (but: TaxRate) =>
    taxed.filter((tax) => tax.inclusive && tax !== but).map((tax) => parseRate(tax.rate));
  const taxes = taxed.map((tax) => {
    const { name, rate, inclusive } = tax;
    const share = parseRate(rate);
    const amount = inclusive ? includedShare(base, share, inside(tax)) : roundedShare(base, share);
    return { name, rate, inclusive, amount };
  });
  const taxWhere = (inclusive: boolean) =>
    sum(taxes.filter((tax) => tax.inclusive === inclusive).map((tax) => tax.amount));
  const of = (amount: number) => money(amount, currency);
  return {
    taxes,
    totals: {
      subtotal: of(subtotal),
      discount: of(0),
      serviceCharge: of(serviceCharge),
      tax: of(taxWhere(false)),
      taxIncluded: of(taxWhere(true)),
      rounding: of(0),
      total: of(sum([base, taxWhere(false)])),
    },
  };
}

/** Of the rates with one name, the newest that is valid on the date. */
export function inForce<
  Rate extends Dated & { readonly name?: string; readonly appliesTo?: readonly string[] },
>(rates: readonly Rate[], date: string): Rate[] {
  const newest = new Map<string, Rate>();
  for (const rate of rates) {
    if (rate.validFrom > date || (rate.validTo !== undefined && rate.validTo <= date)) continue;
    const kind = rate.name ?? rate.appliesTo?.toSorted().join() ?? "";
    const other = newest.get(kind);
    if (!other || other.validFrom < rate.validFrom) newest.set(kind, rate);
  }
  return [...newest.values()];
}

/** One entry for each product, however many lines it stands on. */
export function quantitiesByProduct(lines: readonly AskedLine[]) {
  const wanted = new Map<string, { productId: string; quantity: number; unitPrice: Money }>();
  for (const { productId, quantity, unitPrice } of lines) {
    const other = wanted.get(productId);
    wanted.set(productId, { productId, unitPrice, quantity: quantity + (other?.quantity ?? 0) });
  }
  return [...wanted.values()];
}

/** What becomes of each line of a cancelled order; `unknown` names lines that the order does not have. */
export function outcomesOf(
  lines: readonly { readonly id: string }[],
  stock: StockOutcome,
  exceptions: readonly { readonly id: string; readonly stock: StockOutcome }[],
): { outcomes: { id: string; outcome: StockOutcome }[]; unknown: string[] } {
  const own = new Map(exceptions.map((line) => [line.id, line.stock]));
  const outcomes = lines.map(({ id }) => ({ id, outcome: own.get(id) ?? stock }));
  for (const { id } of lines) own.delete(id);
  return { outcomes, unknown: [...own.keys()] };
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** The time on the wall: "2026-11-23 12:34". */
function localTimeOf(instant: Date, timeZone: string): string {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat("sv-SE", {
      timeZone,
      dateStyle: "short",
      timeStyle: "short",
    });
    formatters.set(timeZone, formatter);
  }
  return formatter.format(instant);
}

type Calendar = Pick<OrderingRules["restaurant"], "timeZone" | "businessDayStartsAt">;

/** The trading day of an instant: it changes at `businessDayStartsAt` ("04:00") in the restaurant's time zone. */
export function businessDateOf(instant: Date, { timeZone, businessDayStartsAt }: Calendar): string {
  const [date = "", time = ""] = localTimeOf(instant, timeZone).split(" ");
  if (time >= businessDayStartsAt) return date;
  const before = new Date(`${date}T00:00:00Z`);
  before.setUTCDate(before.getUTCDate() - 1);
  return before.toISOString().slice(0, 10);
}

/** What others need to find the hour and the trading day of an instant without knowing time zones. */
export function clockOf(
  instant: Date,
  { timeZone, businessDayStartsAt }: Calendar,
): RestaurantClock {
  const local = Date.parse(`${localTimeOf(instant, timeZone).replace(" ", "T")}Z`);
  const minutes = Math.floor(instant.getTime() / 60_000);
  return { utcOffsetMinutes: local / 60_000 - minutes, businessDayStartsAt };
}
