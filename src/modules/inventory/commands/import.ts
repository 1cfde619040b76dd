// Importing products: adds what is new, changes what differs, writes nothing for the rest.
import type { PendingEvent } from "#platform/outbox";
import { newId } from "#platform/kernel";
import { MAX_NAMES } from "../contract/attributes.js";
import { findAttributeSchema, replaceAttributeSchema } from "../repository/attributes.js";
import { fileMovements } from "../repository/movements.js";
import {
  findCurrency,
  findProductsBySku,
  insertProducts,
  type ProductRow,
  type ProductUpdate,
  updateProducts,
} from "../repository/products.js";
import { pendingStockEvent } from "../repository/stock-events.js";
import { attributeFaults, type Fault, formFaults, widenSchema } from "../rules/attributes.js";
import { changedFields, type ImportRow, importedFields } from "../rules/products.js";
import type { MovementDocument } from "../schema.js";
import { type By, type InventoryParts, untilDecided } from "./parts.js";
import { edited, newProduct, productChanged, type ProductRefusal } from "./products.js";
import { schemaChanged } from "./attributes.js";

const REASON = "import";

export interface ImportedItem {
  readonly sku: string;
  readonly productId: string;
  readonly result: "created" | "updated" | "unchanged";
}

export type Imported =
  { readonly kind: "imported"; readonly items: readonly ImportedItem[] } | ProductRefusal;

/** All rows are checked before the first is written; with `checkOnly`, none is. Interrupted: run it again. */
export async function importProducts(
  parts: InventoryParts,
  { rows, checkOnly }: { rows: readonly ImportRow[]; checkOnly: boolean },
  by: By,
): Promise<Imported> {
  const { models, outbox, clock, catalogue } = parts;
  const expected = (await findCurrency(models)) ?? rows[0]?.price.currency ?? "";
  if (rows.some((row) => row.price.currency !== expected)) {
    return { kind: "wrong-currency", expected };
  }
  const faults = await acceptAttributes(parts, { rows, checkOnly }, by);
  if (faults) return faults;
  if (checkOnly) return { kind: "imported", items: [] };

  const results = new Map<string, ImportedItem["result"]>();
  const items = await untilDecided("The import", async () => {
    const found = await findProductsBySku(
      models,
      rows.map((row) => row.sku),
    );
    const bySku = new Map(found.map((product) => [product.sku, product]));
    const at = clock();
    const fresh = rows.filter((row) => !bySku.has(row.sku));
    const created = fresh.map((row) => newProduct(row, REASON, at, by));
    const updates = rows.flatMap((row) => {
      const current = bySku.get(row.sku);
      return (current && updateOf(row, current, at, by)) ?? [];
    });
    for (const { sku } of fresh) results.set(sku, "created");
    for (const { sku } of updates) results.set(sku, "updated");
    const inserted = await insertProducts(models, created);
    const count = await updateProducts(models, updates);
    if (!inserted || count < updates.length) return undefined;
    // Only now: one that lost a race was made otherwise, under the version that it would be remembered by.
    catalogue.learn(updates.map((update) => update.product));
    for (const product of created) bySku.set(product.sku, product);
    return rows.map(({ sku }) => ({
      sku,
      productId: bySku.get(sku)?._id ?? "",
      result: results.get(sku) ?? ("unchanged" as const),
    }));
  });
  const changed = items.filter((item) => item.result !== "unchanged");
  if (changed.length > 0) {
    outbox.wake();
    await fileMovements(
      models,
      changed.map((item) => item.productId),
    );
  }
  return { kind: "imported", items };
}

type ImportUpdate = ProductUpdate & { readonly sku: string; readonly product: ProductRow };

function updateOf(row: ImportRow, current: ProductRow, at: Date, by: By): ImportUpdate | undefined {
  const change = changedFields(current, importedFields(row, current));
  if (!change) return undefined;
  const product = { ...current, ...change, version: current.version + 1, updatedAt: at };
  const { _id: id, sku, version } = current;
  const movement = change.tracked ? firstCount(row, current, at, by) : undefined;
  const delta = movement?.quantity ?? 0;
  const events: PendingEvent[] = [
    productChanged(product, at, by.trace),
    ...edited(current, change, at, by),
  ];
  if (movement) {
    const change = { onHand: delta, reserved: 0, available: delta };
    const reference = movement._id;
    const fact = { productId: id, change, reason: "recount", reference } as const;
    events.push(pendingStockEvent({ ...fact, actor: by.actor.id }, { at, trace: by.trace }));
  }
  return { id, sku, version, change, events, movement, at, product };
}

/** Where counting starts, the file says how much there is. */
function firstCount(
  row: ImportRow,
  { _id, onHand, reserved, moves }: ProductRow,
  at: Date,
  by: By,
): MovementDocument {
  const counted = Math.max(row.stock ?? 0, reserved);
  return {
    _id: newId(),
    productId: _id,
    sequence: moves + 1,
    type: "recount",
    quantity: counted - onHand,
    uncounted: 0,
    counted,
    reason: REASON,
    reference: null,
    actor: by.actor,
    at,
  };
}

const refused = (faults: readonly Fault[]) => ({ kind: "invalid-attributes", faults }) as const;

function faultsIn(rows: readonly ImportRow[], faultsOf: (row: ImportRow) => readonly Fault[]) {
  const faults = rows.flatMap((row) =>
    faultsOf(row).map(({ path, message }) => ({ path: `${row.sku}: ${path}`, message })),
  );
  return faults.length > 0 ? refused(faults) : undefined;
}

/** Adds attributes that the schema does not know yet; what a person laid down there stays, and rows must fit it. */
function acceptAttributes(
  { models, clock }: InventoryParts,
  { rows, checkOnly }: { rows: readonly ImportRow[]; checkOnly: boolean },
  by: By,
): Promise<ProductRefusal | null> {
  // First what no schema could allow: it is not for widening, whose time grows with the names.
  const misshapen = faultsIn(rows, ({ attributes }) => formFaults(attributes));
  if (misshapen) return Promise.resolve(misshapen);
  return untilDecided("Widening the attribute schema", async () => {
    const schema = await findAttributeSchema(models);
    let { fields } = schema;
    for (const { sku, attributes } of rows) {
      const wider = widenSchema(fields, attributes);
      if (wider.length > MAX_NAMES && wider.length > fields.length) {
        const message = `More than ${MAX_NAMES} attributes have a name of their own from here on: give equal things equal names`;
        return refused([{ path: `${sku}: attributes`, message }]);
      }
      fields = wider;
    }
    const faults = faultsIn(rows, ({ attributes }) => attributeFaults(attributes, fields));
    if (faults) return faults;
    if (checkOnly || fields === schema.fields) return null;
    const told = schemaChanged(schema.fields, fields, clock(), by);
    const replaced = await replaceAttributeSchema(models, schema.version, fields, told);
    return replaced ? null : undefined;
  });
}
