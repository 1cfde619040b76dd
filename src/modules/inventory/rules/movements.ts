// Pure decision: may this movement be recorded, and what does it change.
import type { NewMovement } from "../contract.js";
import type { MovementDocument, ProductDocument } from "../schema.js";

/** Far below what 32 bits hold, so that a count stays an integer wherever it is stored. */
export const MAX_ON_HAND = 1_000_000_000;

export type MovementDecision =
  | { readonly kind: "move"; readonly delta: number; readonly counted: number | null }
  | { readonly kind: "not-tracked" }
  | { readonly kind: "not-enough"; readonly requested: number; readonly available: number }
  | { readonly kind: "below-reserved"; readonly counted: number; readonly reserved: number }
  | { readonly kind: "too-large"; readonly onHand: number };

export function decideMovement(
  { type, quantity }: Pick<NewMovement, "type" | "quantity">,
  {
    tracked,
    onHand,
    reserved,
    available,
  }: Pick<ProductDocument, "tracked" | "onHand" | "reserved" | "available">,
): MovementDecision {
  if (!tracked) return { kind: "not-tracked" };
  switch (type) {
    case "received":
      return onHand + quantity > MAX_ON_HAND
        ? { kind: "too-large", onHand }
        : { kind: "move", delta: quantity, counted: null };
    case "waste":
      return quantity > available
        ? { kind: "not-enough", requested: quantity, available }
        : { kind: "move", delta: -quantity, counted: null };
    case "recount":
      return quantity < reserved
        ? { kind: "below-reserved", counted: quantity, reserved }
        : { kind: "move", delta: quantity - onHand, counted: quantity };
  }
}

/** Whether a stored movement is what this request asks for: then it is a repetition, and not another movement. */
export function isSameMovement(
  asked: Pick<NewMovement, "productId" | "type" | "quantity">,
  stored: MovementDocument,
): boolean {
  const quantity = stored.counted ?? Math.abs(stored.quantity);
  return (
    stored.productId === asked.productId &&
    stored.type === asked.type &&
    quantity === asked.quantity
  );
}

export interface MovementSum {
  readonly quantity: number;
  readonly sold: number;
}

interface FiledTotals extends MovementSum {
  readonly count: number;
  /** The highest sequence. */
  readonly last: number;
}

/** The embedded store does nothing else while it sums up. A hundred thousand at once took it 20 s on a busy machine, and
 *  after 2.5 s the driver gives a server up for gone. */
const SLICE = 1_000;

/**
 * For each read a filter that few movements fit, however many years a product has been sold: several products, or a part
 * of one. A part leaves out what is unfiled, so that it fits what was read of the product, whatever is filed meanwhile.
 */
export function slicesOf(
  products: readonly (Pick<ProductDocument, "_id" | "moves"> & {
    readonly unfiled: readonly Pick<MovementDocument, "sequence">[];
  })[],
): object[] {
  const slices: object[] = [];
  const few: string[][] = [];
  let room = 0;
  for (const { _id: productId, moves, unfiled } of products) {
    if (moves > SLICE) {
      const $nin = unfiled.map(({ sequence }) => sequence);
      for (let $gt = 0; $gt < moves; $gt += SLICE)
        slices.push({ productId, sequence: { $gt, $lte: Math.min($gt + SLICE, moves), $nin } });
    } else if (moves > 0) {
      if (moves > room) {
        few.push([]);
        room = SLICE;
      }
      few.at(-1)?.push(productId);
      room -= moves;
    }
  }
  return [...slices, ...few.map(($in) => ({ productId: { $in } }))];
}

export const addSums = <Sum extends FiledTotals>(one: Sum, other: Sum): Sum => ({
  ...one,
  quantity: one.quantity + other.quantity,
  sold: one.sold + other.sold,
  count: one.count + other.count,
  last: Math.max(one.last, other.last),
});

const sumOf = (movements: readonly MovementDocument[]): MovementSum =>
  movements.reduce(
    (sum, { type, quantity, uncounted }) => ({
      quantity: sum.quantity + quantity,
      // What was taken back has the opposite signs, so the same formula takes it off.
      sold: sum.sold + (type === "sold" || type === "restocked" ? uncounted - quantity : 0),
    }),
    { quantity: 0, sold: 0 },
  );

/**
 * The sum of a product's movements at the instant it was read, from what was unfiled then and what is filed now.
 * Undefined when the two overlap or newer movements were filed meanwhile: then the filed ones must be read one by one.
 */
export function totalAtRead(
  { moves, unfiled }: Pick<ProductDocument, "moves" | "unfiled">,
  filed: FiledTotals = { quantity: 0, sold: 0, count: 0, last: 0 },
): MovementSum | undefined {
  if (filed.count + unfiled.length !== moves || filed.last > moves) return undefined;
  const waiting = sumOf(unfiled);
  return { quantity: filed.quantity + waiting.quantity, sold: filed.sold + waiting.sold };
}

/** The same, from the movements themselves. */
export function totalOf(
  { moves, unfiled }: Pick<ProductDocument, "moves" | "unfiled">,
  filed: readonly MovementDocument[],
): MovementSum {
  return sumOf(mergeMovements(unfiled, filed).filter(({ sequence }) => sequence <= moves));
}

/** Of one product, newest first, each once: by its number, which stays when an id is taken and it is filed under another. */
export function mergeMovements(
  unfiled: readonly MovementDocument[],
  filed: readonly MovementDocument[],
): MovementDocument[] {
  const all = new Map([...unfiled, ...filed].map((movement) => [movement.sequence, movement]));
  return [...all.values()].sort((a, b) => b.sequence - a.sequence);
}
