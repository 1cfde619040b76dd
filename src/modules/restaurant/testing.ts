// For this module's tests: a fresh database with the sample at hand, and processes that share it.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import { ProductChanged, StockChanged } from "#modules/inventory/events";
import { errorOf } from "#platform/contract";
import { createFace, systemPrincipal } from "#platform/http";
import { type EventEnvelope, money } from "#platform/kernel";
import { createModuleDatabase } from "../../platform/db/testing.js";
import {
  type contract,
  createRestaurant,
  readRestaurantFile,
  type RestaurantTables,
} from "./index.js";

type Test = Awaited<ReturnType<typeof createModuleDatabase<RestaurantTables>>>;
export let test: Test;

/** A database for the file, empty before each test. */
export function useRestaurant(): void {
  beforeAll(async () => {
    test = await createModuleDatabase<RestaurantTables>(inject("databaseUrl"), "restaurant");
  });
  afterAll(() => test?.close());
  beforeEach(async () => {
    for (const table of ["menu_items", "categories", "modifier_groups", "tables", "tax_rates"]) {
      await sql`delete from ${sql.table(table)}`.execute(test.database.kysely);
    }
    for (const table of ["service_charges", "profile", "catalogue", "outbox"]) {
      await sql`delete from ${sql.table(table)}`.execute(test.database.kysely);
    }
  });
}

const read = readRestaurantFile(
  JSON.parse(readFileSync(new URL("../../sample/menu.json", import.meta.url), "utf8")),
);
if (!("file" in read)) throw new Error("The sample must be readable");
const { file } = read;
const idOf = new Map(
  file.categories.flatMap(({ items }) => items.map(({ sku }) => [sku, randomUUID()])),
);
const { tax, serviceCharge, tables, ...profile } = file.restaurant;
export const sample = {
  restaurant: profile,
  tax: tax ? [tax] : [],
  serviceCharge: serviceCharge ? [serviceCharge] : [],
  tables,
  modifierGroups: file.modifierGroups,
  categories: file.categories.map(({ items, ...category }) => ({
    ...category,
    items: items.map(({ sku, modifierGroups }) => ({
      productId: idOf.get(sku) ?? "",
      modifierGroups,
    })),
  })),
};
export const MOHINGA = idOf.get("MOH-01") ?? "";

interface Row {
  readonly name: string;
  readonly revision: number;
}
export const told = async () =>
  (
    await sql<Row>`select name, (data ->> 'revision')::int as revision from outbox order by position`.execute(
      test.database.kysely,
    )
  ).rows;

export const outbox = {
  async add(_tx: unknown, events: readonly EventEnvelope[]) {
    for (const { id, name, key, occurredAt, data } of events) {
      await sql`insert into outbox (id, name, key, occurred_at, data)
        values (${id}, ${name}, ${key}, ${occurredAt}, ${JSON.stringify(data)}::jsonb)`.execute(
        _tx as Test["database"]["kysely"],
      );
    }
  },
  wake: () => undefined,
};

/** A process of its own, with its own memory. */
export function open() {
  const module = createRestaurant({ database: test.database, outbox });
  const face = createFace<typeof contract>(module.router, { principal: systemPrincipal });
  const hear = async (...events: EventEnvelope[]) => {
    for (const subscription of module.subscriptions) {
      const names = subscription.events.map(({ name }) => name);
      const own = events.filter((event) => names.includes(event.name));
      if (own.length > 0) await test.database.transaction((tx) => subscription.handle(own, tx));
    }
  };
  const menu = async (etag?: string) => {
    const answer = await face.menu({
      headers: etag === undefined ? {} : { "if-none-match": etag },
    });
    return answer;
  };
  const items = async () => {
    const answer = await menu();
    return answer.status === 200
      ? answer.body.categories.flatMap((category) => category.items)
      : [];
  };
  return { module, face, hear, menu, items };
}

export const product = (over: object = {}) =>
  ProductChanged.create({
    productId: MOHINGA,
    sku: "MOH-01",
    name: { en: "Mohinga", my: "မုန့်ဟင်းခါး" },
    price: money(3500, "MMK"),
    tracked: true,
    archived: false,
    lowStockAt: 15,
    version: 1,
    ...over,
  });
export const stock = (available: number, stockVersion: number, tracked = true) =>
  StockChanged.create({
    productId: MOHINGA,
    change: { onHand: 0, reserved: 0, available: 0 },
    reason: "sold",
    reference: null,
    actor: "test",
    level: { tracked, onHand: available, reserved: 0, available, stockVersion },
  });

export async function refusalOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const typed = errorOf(error);
  if (!typed) throw error ?? new Error("It was not refused");
  return typed;
}
