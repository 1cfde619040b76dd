// Every query of restaurant, no decision.
import { sql } from "kysely";
import { type Database, defineStatement, type Transaction } from "#platform/db";
import { newId } from "#platform/kernel";
import type { Settings } from "./contract.js";
import type { CatalogueEntry, Stored } from "./rules.js";
import type { RestaurantTables } from "./schema.js";

export type RestaurantDatabase = Database<RestaurantTables>;

const selectAll = defineStatement<{ stored: Stored | null; catalogue: CatalogueEntry[] | null }>(
  "restaurant.read-all",
  `select
     (select jsonb_build_object(
        'revision', revision,
        'restaurant', jsonb_build_object('name', name, 'currency', currency, 'timeZone', time_zone,
          'businessDayStartsAt', business_day_starts_at),
        'tax', (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'rate', rate, 'inclusive', inclusive,
          'validFrom', valid_from) order by name, valid_from), '[]') from tax_rates),
        'serviceCharge', (select coalesce(jsonb_agg(jsonb_build_object('rate', rate, 'appliesTo', applies_to,
          'validFrom', valid_from) order by applies_to, valid_from), '[]') from service_charges),
        'tables', (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name, 'seats', seats,
          'area', area) order by position), '[]') from tables),
        'modifierGroups', (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'min', min,
          'max', max, 'modifiers', modifiers) order by position), '[]') from modifier_groups),
        'categories', (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'station', station,
          'items', (select coalesce(jsonb_agg(jsonb_build_object('productId', product_id,
             'modifierGroups', menu_items.modifier_groups) order by menu_items.position), '[]')
             from menu_items where menu_items.category = categories.code)) order by position), '[]')
          from categories)
      ) from profile) as stored,
     (select jsonb_agg(jsonb_build_object('productId', product_id, 'sku', sku, 'name', name, 'price', price,
        'currency', currency, 'archived', archived, 'tracked', tracked, 'available', available))
      from catalogue where version > 0) as catalogue`,
);

/** Everything in one round trip: a menu is small, and read once for each change. */
export async function readAll(database: RestaurantDatabase) {
  const [row] = await database.run(selectAll, []);
  return { stored: row?.stored ?? undefined, catalogue: row?.catalogue ?? [] };
}

/** Replaces all settings. Locks the profile first, so two imports cannot mix. Answers with the new revision. */
export async function writeSettings(
  tx: Transaction<RestaurantTables>,
  { restaurant, tax, serviceCharge, tables, modifierGroups, categories }: Settings,
): Promise<number> {
  const { revision } = await tx
    .insertInto("profile")
    .values({ id: 1, ...restaurant, name: json(restaurant.name) })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet({
        ...restaurant,
        name: json(restaurant.name),
        revision: sql`profile.revision + 1`,
      }),
    )
    .returning("revision")
    .executeTakeFirstOrThrow();
  await tx.deleteFrom("taxRates").execute();
  await tx.deleteFrom("serviceCharges").execute();
  await tx.deleteFrom("menuItems").execute();
  await tx.deleteFrom("categories").execute();
  await tx.deleteFrom("modifierGroups").execute();
  if (tax.length > 0) await tx.insertInto("taxRates").values(tax).execute();
  if (serviceCharge.length > 0)
    await tx.insertInto("serviceCharges").values(serviceCharge).execute();
  await writeTables(tx, tables);
  if (modifierGroups.length > 0) {
    const rows = modifierGroups.map((group, position) => ({
      ...group,
      name: json(group.name),
      modifiers: json(group.modifiers),
      position,
    }));
    await tx.insertInto("modifierGroups").values(rows).execute();
  }
  if (categories.length > 0) {
    const rows = categories.map(({ items: _items, ...category }, position) => ({
      ...category,
      name: json(category.name),
      position,
    }));
    await tx.insertInto("categories").values(rows).execute();
  }
  const items = categories.flatMap(({ code, items: ofCategory }) =>
    ofCategory.map((item, position) => ({ ...item, category: code, position })),
  );
  for (let start = 0; start < items.length; start += 5_000) {
    await tx
      .insertInto("menuItems")
      .values(items.slice(start, start + 5_000))
      .execute();
  }
  return revision;
}

/** A table keeps its id as long as it keeps its name: placed orders point at it. */
async function writeTables(
  tx: Transaction<RestaurantTables>,
  tables: Settings["tables"],
): Promise<void> {
  const names = tables.map((table) => table.name);
  let gone = tx.deleteFrom("tables");
  if (names.length > 0) gone = gone.where("name", "not in", names);
  await gone.execute();
  if (tables.length === 0) return;
  await tx
    .insertInto("tables")
    .values(tables.map((table, position) => ({ id: newId(), ...table, position })))
    .onConflict((conflict) =>
      conflict.column("name").doUpdateSet((excluded) => ({
        seats: excluded.ref("excluded.seats"),
        area: excluded.ref("excluded.area"),
        position: excluded.ref("excluded.position"),
      })),
    )
    .execute();
}

const json = <T>(value: T) => sql<T>`${JSON.stringify(value)}::jsonb`;

const upsertProducts = defineStatement<never>(
  "restaurant.copy-products",
  `insert into catalogue as copy (product_id, sku, name, price, currency, archived, version)
   select distinct on ("productId") "productId", sku, name, price, currency, archived, version
   from jsonb_to_recordset($1::jsonb) as input(
     "productId" uuid, sku text, name jsonb, price bigint, currency text, archived boolean, version integer)
   order by "productId", version desc
   on conflict (product_id) do update set
     (sku, name, price, currency, archived, version) =
     (excluded.sku, excluded.name, excluded.price, excluded.currency, excluded.archived, excluded.version)
   where copy.version < excluded.version`,
);

const upsertStock = defineStatement<never>(
  "restaurant.copy-stock",
  `insert into catalogue as copy (product_id, tracked, available, stock_version)
   select distinct on ("productId") "productId", tracked, available, "stockVersion"
   from jsonb_to_recordset($1::jsonb) as input(
     "productId" uuid, tracked boolean, available integer, "stockVersion" integer)
   order by "productId", "stockVersion" desc
   on conflict (product_id) do update set
     (tracked, available, stock_version) = (excluded.tracked, excluded.available, excluded.stock_version)
   where copy.stock_version < excluded.stock_version`,
);

/** The newest version wins, so repetition and disorder are harmless. */
export const copyProducts = (
  database: RestaurantDatabase,
  products: readonly object[],
  tx: Transaction<RestaurantTables>,
) => database.run(upsertProducts, [JSON.stringify(products)], tx);

export const copyStock = (
  database: RestaurantDatabase,
  levels: readonly object[],
  tx: Transaction<RestaurantTables>,
) => database.run(upsertStock, [JSON.stringify(levels)], tx);
