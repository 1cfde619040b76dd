// Between the contract and the module: turns requests into commands and decisions into typed answers.
import { z } from "zod";
import { type CursorKeys, decodeCursor, encodeCursor } from "#platform/contract";
import { actorOf, type CallContext, implementContract, matchesEtag } from "#platform/http";
import { Uuid } from "#platform/kernel";
import { changeAttributeSchema } from "./commands/attributes.js";
import { importProducts } from "./commands/import.js";
import { recordMovement } from "./commands/movements.js";
import type { By, InventoryParts } from "./commands/parts.js";
import { setPhoto } from "./commands/photos.js";
import { createProduct, updateProduct } from "./commands/products.js";
import { release, reserve } from "./commands/reserve.js";
import { type AttributeSchema, contract } from "./contract.js";
import {
  listMovements,
  listMovementsOfOrder,
  listReservations,
  summarizeStock,
  toMovement,
  toProduct,
  findAttributeSchema,
  findPhoto,
  findProduct,
  listPhotographed,
  listProducts,
} from "./queries.js";
import { schemaFaults } from "./rules/attributes.js";
import { MAX_ON_HAND } from "./rules/movements.js";
import { isOnlyStopping } from "./rules/products.js";

const After = z.object({ after: Uuid });
const Before = z.object({ before: z.int() });
const FIRST = "";

const afterOf = (cursor: string | undefined) =>
  cursor === undefined ? FIRST : decodeCursor(cursor, After).after;

/** A page from rows that were read with one more than `limit`. */
function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  positionOf: (row: Row) => CursorKeys,
) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last ? encodeCursor(positionOf(last)) : null;
  return { items: shown.map(toItem), nextCursor };
}

function byOf(context: CallContext): By {
  const { principal, trace } = context;
  if (!principal) throw new Error("The guard lets nobody in without a principal");
  const actor = { id: principal.id, name: principal.name };
  return { actor, by: actorOf(context), trace: trace || null };
}

export function createRouter(parts: InventoryParts) {
  const { models } = parts;
  const inventory = implementContract(contract);

  const products = {
    list: inventory.products.list.handler(async ({ input }) => {
      const { q, archived, stock, cursor, limit } = input;
      const after = afterOf(cursor);
      const low = stock === "low";
      const rows = await listProducts(models, { q, archived, low, after, limit: limit + 1 });
      return pageOf(rows, limit, toProduct, (row) => ({ after: row._id }));
    }),
    get: inventory.products.get.handler(async ({ input, errors }) => {
      const row = await findProduct(models, input.id);
      if (!row) throw errors.NOT_FOUND();
      return toProduct(row);
    }),
    create: inventory.products.create.handler(async ({ input, context, errors }) => {
      const result = await createProduct(parts, input, byOf(context));
      switch (result.kind) {
        case "created":
          return toProduct(result.product);
        case "sku-taken":
          throw errors.SKU_TAKEN();
        case "wrong-currency":
          throw errors.CURRENCY_MISMATCH({ data: { expected: result.expected } });
        case "invalid-attributes":
          throw errors.INVALID_ATTRIBUTES({ data: { items: [...result.faults] } });
      }
    }),
    update: inventory.products.update.handler(async ({ input, context, errors }) => {
      const { id: _id, version: _version, ...change } = input;
      if (context.principal?.approvedBy && !isOnlyStopping(change))
        throw errors.APPROVAL_TOO_NARROW();
      const result = await updateProduct(parts, input, byOf(context));
      switch (result.kind) {
        case "updated":
          return toProduct(result.product);
        case "unknown-product":
          throw errors.NOT_FOUND();
        case "stale":
          throw errors.VERSION_CONFLICT({ data: { currentVersion: result.currentVersion } });
        case "wrong-currency":
          throw errors.CURRENCY_MISMATCH({ data: { expected: result.expected } });
        case "invalid-attributes":
          throw errors.INVALID_ATTRIBUTES({ data: { items: [...result.faults] } });
      }
    }),
    import: inventory.products.import.handler(async ({ input, context, errors }) => {
      const result = await importProducts(parts, input, byOf(context));
      switch (result.kind) {
        case "imported":
          return { items: [...result.items] };
        case "wrong-currency":
          throw errors.CURRENCY_MISMATCH({ data: { expected: result.expected } });
        case "invalid-attributes":
          throw errors.INVALID_ATTRIBUTES({ data: { items: [...result.faults] } });
      }
    }),
  };

  const photos = {
    list: inventory.photos.list.handler(async () => ({
      items: (await listPhotographed(models)).map(({ _id, photo }) => ({ productId: _id, photo })),
      nextCursor: null,
    })),
    get: inventory.photos.get.handler(async ({ input, errors }) => {
      const { productId, photo } = input.params;
      const etag = `"${photo}"`;
      const seen = input.headers["if-none-match"];
      if (seen !== undefined && matchesEtag(seen, etag)) return { status: 304, headers: { etag } };
      const found = await findPhoto(models, { productId, hash: photo });
      if (!found) throw errors.NOT_FOUND();
      const headers = { etag, "cache-control": "private, max-age=31536000, immutable" };
      return {
        status: 200,
        headers,
        body: new File([found.bytes], photo, { type: found.type }),
      };
    }),
    put: inventory.photos.put.handler(async ({ input, context, errors }) => {
      const photo = { id: input.id, bytes: Buffer.from(input.data, "base64") };
      const result = await setPhoto(parts, photo, byOf(context));
      if (result.kind === "invalid-photo") throw errors.INVALID_PHOTO();
      if (result.kind === "unknown-product") throw errors.NOT_FOUND();
      return toProduct(result.product);
    }),
    remove: inventory.photos.remove.handler(async ({ input, context, errors }) => {
      const result = await setPhoto(parts, { id: input.id, bytes: null }, byOf(context));
      if (result.kind !== "updated") throw errors.NOT_FOUND();
      return toProduct(result.product);
    }),
  };

  const movements = {
    list: inventory.movements.list.handler(async ({ input, errors }) => {
      const { productId, cursor, limit } = input;
      const { before } =
        cursor === undefined ? { before: MAX_ON_HAND } : decodeCursor(cursor, Before);
      const rows = await listMovements(models, productId, { before, limit: limit + 1 });
      if (!rows) throw errors.NOT_FOUND();
      return pageOf(rows, limit, toMovement, (row) => ({ before: row.sequence }));
    }),
    byOrder: inventory.movements.byOrder.handler(async ({ input }) =>
      (await listMovementsOfOrder(models, input.orderId)).map(toMovement),
    ),
    record: inventory.movements.record.handler(async ({ input, context, errors }) => {
      const result = await recordMovement(parts, input, byOf(context));
      switch (result.kind) {
        case "recorded": {
          const { onHand, reserved, available } = result.stock;
          return {
            movement: toMovement(result.movement),
            stock: { onHand, reserved, available },
          };
        }
        case "unknown-product":
          throw errors.NOT_FOUND();
        case "id-reused":
          throw errors.MOVEMENT_ID_REUSED();
        case "not-tracked":
          throw errors.NOT_TRACKED();
        case "not-enough": {
          const { requested, available } = result;
          throw errors.NOT_ENOUGH_STOCK({ data: { requested, available } });
        }
        case "below-reserved": {
          const { counted, reserved } = result;
          throw errors.RECOUNT_BELOW_RESERVED({ data: { counted, reserved } });
        }
        case "too-large":
          throw errors.STOCK_TOO_LARGE({ data: { onHand: result.onHand, limit: MAX_ON_HAND } });
      }
    }),
  };

  const reservations = {
    reserve: inventory.reservations.reserve.handler(async ({ input, context, errors }) => {
      const { actor, trace } = byOf(context);
      const result = await reserve(parts, { ...input, trace, actor: actor.id });
      switch (result.kind) {
        case "held":
          return { lines: [...result.lines] };
        case "short":
          throw errors.INSUFFICIENT_STOCK({ data: { items: result.items } });
        case "repriced":
          throw errors.PRICE_CHANGED({ data: { items: result.items } });
        case "unavailable":
          throw errors.PRODUCT_UNAVAILABLE({ data: { items: result.items } });
        case "barred":
          throw errors.RESERVATION_BARRED();
      }
    }),
    release: inventory.reservations.release.handler(async ({ input, context }) => {
      const { actor, trace } = byOf(context);
      return { released: await release(parts, { ...input, trace, actor: actor.id }) };
    }),
    list: inventory.reservations.list.handler(async ({ input }) => {
      const { olderThan, cursor, limit } = input;
      const before = olderThan === undefined ? new Date(8.64e15) : new Date(olderThan);
      const { items, after } = await listReservations(models, {
        before,
        after: afterOf(cursor),
        limit,
      });
      return { items, nextCursor: after === undefined ? null : encodeCursor({ after }) };
    }),
  };

  const stock = {
    summary: inventory.stock.summary.handler(async ({ input: { cursor, limit } }) => {
      const rows = await summarizeStock(models, { after: afterOf(cursor), limit: limit + 1 });
      return pageOf(
        rows,
        limit,
        (row) => row,
        (row) => ({ after: row.productId }),
      );
    }),
  };

  const attributes = {
    get: inventory.attributes.get.handler(async () => {
      const { version, fields } = await findAttributeSchema(models);
      return { version, fields: fields as AttributeSchema["fields"] };
    }),
    replace: inventory.attributes.replace.handler(async ({ input, context, errors }) => {
      const { version, fields } = input;
      const faults = schemaFaults(fields);
      if (faults.length > 0) throw errors.INVALID_SCHEMA({ data: { items: faults } });
      if (!(await changeAttributeSchema(parts, version, fields, byOf(context)))) {
        const current = await findAttributeSchema(models);
        throw errors.VERSION_CONFLICT({ data: { currentVersion: current.version } });
      }
      return { version: version + 1, fields };
    }),
  };

  return inventory.router({ products, photos, movements, reservations, stock, attributes });
}
