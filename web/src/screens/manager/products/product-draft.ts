// A product while it is typed, and what of it is sent. Pure.
import type { Product } from "../../../../../src/modules/inventory/contract.js";
import type { Api } from "../../../api/client.js";
import { parseAmount, typedAmount } from "../../../words/money.js";
import { parseCount } from "../parts/counts.js";
import { type NameDraft, nameDraft, nameOf } from "../parts/names.js";
import type { Attributes } from "./attributes.js";

export interface Draft {
  readonly sku: string;
  readonly name: NameDraft;
  readonly price: string;
  readonly counted: boolean;
  /** Of a new product. */
  readonly stock: string;
  /** Empty: no warning. */
  readonly lowStockAt: string;
  readonly attributes: Attributes;
}

export interface Unit {
  readonly currency: string;
  readonly decimals: number;
}

type Known = Pick<Product, "sku" | "name" | "price" | "stock" | "lowStockAt" | "attributes">;

export const draftOf = (product: Known | undefined, { decimals }: Unit): Draft => ({
  sku: product?.sku ?? "",
  name: nameDraft(product?.name),
  price: product ? typedAmount(product.price.amount, decimals) : "",
  counted: product ? product.stock !== null : true,
  stock: "",
  lowStockAt: product?.lowStockAt == null ? "" : String(product.lowStockAt),
  attributes: product?.attributes ?? {},
});

const lowOf = ({ lowStockAt }: Draft): number | null => parseCount(lowStockAt) ?? null;
type Json = NonNullable<Parameters<Api["inventory"]["products"]["create"]>[0]["attributes"]>;
/** Read from JSON and from fields, so nothing else can be in them. */
const jsonOf = (attributes: Attributes): Json => ({ ...attributes }) as Json;
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** Undefined while the price cannot be read. */
export function newProductOf(draft: Draft, { currency, decimals }: Unit) {
  const amount = parseAmount(draft.price, decimals);
  if (amount === undefined) return undefined;
  return {
    sku: draft.sku.trim(),
    name: nameOf(draft.name),
    price: { amount, currency },
    attributes: jsonOf(draft.attributes),
    lowStockAt: lowOf(draft),
    stock: draft.counted ? (parseCount(draft.stock) ?? 0) : null,
  };
}

/** Only what was changed here: what somebody else changed meanwhile stays as they made it. */
export function patchOf(product: Known, draft: Draft, { currency, decimals }: Unit) {
  const before = draftOf(product, { currency, decimals });
  const amount = parseAmount(draft.price, decimals);
  return {
    ...(!same(nameOf(draft.name), nameOf(before.name)) && { name: nameOf(draft.name) }),
    ...(amount !== undefined && amount !== product.price.amount && { price: { amount, currency } }),
    ...(lowOf(draft) !== product.lowStockAt && { lowStockAt: lowOf(draft) }),
    ...(draft.counted !== before.counted && { tracked: draft.counted }),
    ...(!same(draft.attributes, before.attributes) && { attributes: jsonOf(draft.attributes) }),
  };
}

/** What was typed on `before`, laid onto what others have made of the product: where they changed the same, theirs is
 *  shown, so that nobody undoes it unseen. */
export function rebase(draft: Draft, before: Known, now: Known, unit: Unit): Draft {
  const [old, fresh] = [draftOf(before, unit), draftOf(now, unit)];
  return {
    ...merge(draft, old, fresh),
    name: merge(draft.name, old.name, fresh.name),
    attributes: merge(draft.attributes, old.attributes, fresh.attributes),
  };
}

function merge<T extends object>(mine: T, before: T, now: T): T {
  const known = before as Attributes;
  const theirs = now as Attributes;
  const changed = Object.keys({ ...known, ...theirs }).filter(
    (key) => !same(known[key], theirs[key]),
  );
  const kept = Object.entries(mine).filter(([key]) => !changed.includes(key));
  const taken = changed.filter((key) => key in theirs).map((key) => [key, theirs[key]] as const);
  return Object.fromEntries([...kept, ...taken]) as T;
}
