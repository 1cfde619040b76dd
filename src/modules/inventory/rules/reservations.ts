// Pure decisions about reservations: may this order hold these lines, what does it give back.
import type { LocalizedText, Money } from "#platform/kernel";
import type { ClosedOrder, ProductDocument, RefusedFor, Reservation } from "../schema.js";

export interface ReserveLine {
  readonly productId: string;
  readonly quantity: number;
  /** What the guest saw. */
  readonly unitPrice: Money;
}

/** A product as a guarded update can prove it: by its version. */
export type CatalogueEntry = Pick<
  ProductDocument,
  "_id" | "version" | "sku" | "name" | "price" | "currency" | "archived" | "tracked"
>;

/** A product as read for one order: of reservations and closed orders only that order's. */
export interface ProductForOrder extends CatalogueEntry {
  readonly available: number;
  readonly reservations?: readonly Reservation[];
  readonly closed?: readonly ClosedOrder[];
}

/** A line whose product is known well enough to be held by one guarded update. */
export interface ProvenLine {
  readonly line: ReserveLine;
  readonly product: CatalogueEntry;
}

export interface ReservedLine {
  readonly productId: string;
  readonly sku: string;
  readonly name: LocalizedText;
  readonly unitPrice: Money;
}

interface Dish {
  readonly productId: string;
  readonly name: LocalizedText;
}

export type Refusal =
  | {
      readonly kind: "unavailable";
      readonly items: { productId: string; reason: "unknown" | "archived" }[];
    }
  | { readonly kind: "repriced"; readonly items: (Dish & { seen: Money; current: Money })[] }
  | { readonly kind: "short"; readonly items: (Dish & { requested: number; available: number })[] }
  | { readonly kind: "barred" };

export type Decision =
  | { readonly kind: "held"; readonly lines: ReservedLine[] }
  | { readonly kind: "open"; readonly lines: ProvenLine[]; readonly all: ReservedLine[] }
  | Refusal;

const isPriceSeen = (line: ReserveLine, product: CatalogueEntry) =>
  line.unitPrice.amount === product.price && line.unitPrice.currency === product.currency;

export const reservedLine = ({ line, product }: ProvenLine): ReservedLine => ({
  productId: line.productId,
  sku: product.sku,
  name: product.name,
  unitPrice: line.unitPrice,
});

/** The lines with what is remembered of their products; undefined unless all are remembered, on sale, and at the
 *  price that the guest saw. What is remembered may be old: only the guarded update proves it. */
export function proveFromMemory(
  lines: readonly ReserveLine[],
  memory: ReadonlyMap<string, CatalogueEntry>,
): ProvenLine[] | undefined {
  const proven: ProvenLine[] = [];
  for (const line of lines) {
    const product = memory.get(line.productId);
    if (!product || product.archived || !isPriceSeen(line, product)) return undefined;
    proven.push({ line, product });
  }
  return proven;
}

/**
 * What to answer, by the products as just read. A line that the order holds already was proved when it was held, so
 * a price that moved since does not undo it. Every fault of the first kind that applies is named. An order that was
 * refused is refused for the same reason whenever it asks again: its saga may have died before the reason was stored.
 */
export function decideReservation(
  orderId: string,
  lines: readonly ReserveLine[],
  found: readonly ProductForOrder[],
): Decision {
  const products = new Map(found.map((product) => [product._id, product]));
  const refused = found.map((product) => closedOf(product, orderId)?.refused).find(Boolean);
  if (refused) return withNames(refused, products);
  const known: (ProvenLine & { product: ProductForOrder; held: boolean })[] = [];
  const unavailable: Extract<Refusal, { kind: "unavailable" }>["items"] = [];
  let barred = false;
  for (const line of lines) {
    const product = products.get(line.productId);
    const reservation = product && reservationOf(product, orderId);
    // Another quantity under the same order is another request: nothing may be answered as if it were this one.
    if (reservation && reservation.quantity !== line.quantity) barred = true;
    if (product && closedOf(product, orderId)) barred = true;
    if (!product) unavailable.push({ productId: line.productId, reason: "unknown" });
    else if (product.archived && !reservation)
      unavailable.push({ productId: line.productId, reason: "archived" });
    else known.push({ line, product, held: reservation !== undefined });
  }
  if (unavailable.length > 0) return { kind: "unavailable", items: unavailable };

  const repriced = known.filter(({ line, product, held }) => !held && !isPriceSeen(line, product));
  if (repriced.length > 0) {
    return {
      kind: "repriced",
      items: repriced.map(({ line, product }) => ({
        productId: product._id,
        name: product.name,
        seen: line.unitPrice,
        current: { amount: product.price, currency: product.currency },
      })),
    };
  }
  const short = known.filter(
    ({ line, product, held }) => !held && product.tracked && product.available < line.quantity,
  );
  if (short.length > 0) {
    return {
      kind: "short",
      items: short.map(({ line, product }) => ({
        productId: product._id,
        name: product.name,
        requested: line.quantity,
        available: product.available,
      })),
    };
  }
  if (barred) return { kind: "barred" };
  const open = known.filter(({ held }) => !held);
  const all = known.map(reservedLine);
  return open.length === 0 ? { kind: "held", lines: all } : { kind: "open", lines: open, all };
}

export const reservationOf = (product: ProductForOrder, orderId: string) =>
  product.reservations?.find((reservation) => reservation.orderId === orderId);

const closedOf = (product: ProductForOrder, orderId: string) =>
  product.closed?.find((closed) => closed.orderId === orderId);

/** What the bar of a refused order remembers of the refusal. */
export function refusedFor(refusal: Refusal): RefusedFor | undefined {
  switch (refusal.kind) {
    case "short":
      return { kind: "short", items: refusal.items.map(({ name: _name, ...item }) => item) };
    case "repriced":
      return { kind: "repriced", items: refusal.items.map(({ name: _name, ...item }) => item) };
    case "unavailable":
      return refusal;
    case "barred":
      return undefined;
  }
}

function withNames(
  refused: RefusedFor,
  products: ReadonlyMap<string, Pick<CatalogueEntry, "name">>,
): Refusal {
  const named = <Item extends { productId: string }>(item: Item) => ({
    ...item,
    name: products.get(item.productId)?.name ?? { en: "" },
  });
  switch (refused.kind) {
    case "short":
      return { kind: "short", items: refused.items.map(named) };
    case "repriced":
      return { kind: "repriced", items: refused.items.map(named) };
    case "unavailable":
      return { kind: "unavailable", items: [...refused.items] };
  }
}

export interface GiveBack {
  readonly productId: string;
  /** What goes back to `available`; undefined: the order holds nothing here and is only barred. */
  readonly held: number | undefined;
}

/** What is left to do so that the order holds nothing of these products and never will again. */
export function planRelease(orderId: string, found: readonly ProductForOrder[]): GiveBack[] {
  return found
    .filter((product) => reservationOf(product, orderId) || !closedOf(product, orderId))
    .map((product) => ({ productId: product._id, held: reservationOf(product, orderId)?.held }));
}
