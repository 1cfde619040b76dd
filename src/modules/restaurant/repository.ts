// Every query of restaurant, no decision.
import { type Database, defineStatement, type Statement, type Transaction } from "#platform/db";
import type { CatalogueEntry, ProductCopy, StockCopy, Stored, Wanted } from "./rules.js";
import type { RestaurantTables } from "./schema.js";

export type RestaurantDatabase = Database<RestaurantTables>;
type Tx = Transaction<RestaurantTables>;

const selectSettings = defineStatement<Stored>(
  "restaurant.settings",
  `select revision,
     jsonb_build_object('name', name, 'currency', currency, 'timeZone', time_zone,
       'businessDayStartsAt', business_day_starts_at) as restaurant,
     (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', name, 'rate', rate,
        'inclusive', inclusive, 'validFrom', valid_from, 'validTo', valid_to))
        order by name collate "C", valid_from), '[]')
      from tax_rates) as tax,
     (select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('rate', rate, 'appliesTo', applies_to,
        'validFrom', valid_from, 'validTo', valid_to)) order by applies_to, valid_from), '[]')
      from service_charges) as "serviceCharge",
     (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name, 'seats', seats, 'area', area)
        order by position), '[]') from tables) as tables,
     (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'min', min, 'max', max,
        'modifiers', modifiers) order by position), '[]') from modifier_groups) as "modifierGroups",
     (select coalesce(jsonb_agg(jsonb_build_object('code', code, 'name', name, 'station', station,
        'items', coalesce(items, '[]')) order by position), '[]')
      from categories left join (
        select category, jsonb_agg(jsonb_build_object('productId', product_id,
          'modifierGroups', to_jsonb(modifier_groups)) order by position) as items
        from menu_items group by category
      ) as dishes on dishes.category = categories.code) as categories
   from profile`,
);

/** All settings in one round trip; undefined while no restaurant is set up. */
export const findSettings = async (
  database: RestaurantDatabase,
  tx?: Tx,
): Promise<Stored | undefined> => (await database.run(selectSettings, [], tx))[0];

const selectCatalogue = defineStatement<CatalogueEntry>(
  "restaurant.catalogue",
  `select product_id as "productId", sku, name, price, currency, archived, version, tracked, available,
     stock_version as "stockVersion"
   from catalogue`,
);

export const readCatalogue = (database: RestaurantDatabase) => database.run(selectCatalogue, []);

const selectIdentity = defineStatement<{ id: string }>(
  "restaurant.identity",
  "select id from identity",
);

export const readIdentity = (database: RestaurantDatabase) => database.run(selectIdentity, []);

export interface Freshness {
  /** Null while no restaurant is set up. */
  readonly revision: number | null;
  /** Sum of all versions in the catalogue: it rises with every change. */
  readonly versions: number;
}
const selectFreshness = defineStatement<Freshness>(
  "restaurant.freshness",
  `select (select revision from profile) as revision,
     (select coalesce(sum(version + stock_version), 0)::bigint from catalogue) as versions`,
);

/** Tells a memory whether another process has changed something, for far less than reading it all. */
export async function readFreshness(database: RestaurantDatabase): Promise<Freshness> {
  const [row] = await database.run(selectFreshness, []);
  if (!row) throw new Error("The freshness is one row");
  return row;
}

const lock = defineStatement<never>(
  "restaurant.lock",
  `select pg_advisory_xact_lock(hashtext('restaurant.settings'))`,
);

/** Until the transaction ends nobody else changes settings: edits take turns, also before there is a profile. */
export const lockSettings = (database: RestaurantDatabase, tx: Tx) => database.run(lock, [], tx);

const writeProfile = defineStatement<{ revision: number }>(
  "restaurant.write-profile",
  `insert into profile (name, currency, time_zone, business_day_starts_at)
   select name, currency, "timeZone", "businessDayStartsAt"
   from jsonb_to_record($1::jsonb) as input(name jsonb, currency text, "timeZone" text, "businessDayStartsAt" text)
   on conflict (id) do update set
     (name, currency, time_zone, business_day_starts_at, revision) =
     (excluded.name, excluded.currency, excluded.time_zone, excluded.business_day_starts_at, profile.revision + 1)
   returning revision`,
);

const replaceTaxes = defineStatement<never>(
  "restaurant.write-taxes",
  `with input as (
     select * from jsonb_to_recordset($1::jsonb) as input(
       name text, rate text, inclusive boolean, "validFrom" date, "validTo" date)
   ), gone as (
     delete from tax_rates where (name, valid_from) not in (select name, "validFrom" from input)
   )
   insert into tax_rates (name, rate, inclusive, valid_from, valid_to) select * from input
   on conflict (name, valid_from) do update set
     (rate, inclusive, valid_to) = (excluded.rate, excluded.inclusive, excluded.valid_to)`,
);

const replaceServiceCharges = defineStatement<never>(
  "restaurant.write-service-charges",
  `with input as (
     select * from jsonb_to_recordset($1::jsonb) as input(
       "appliesTo" text[], rate text, "validFrom" date, "validTo" date)
   ), gone as (
     delete from service_charges where (applies_to, valid_from) not in (select "appliesTo", "validFrom" from input)
   )
   insert into service_charges (applies_to, rate, valid_from, valid_to) select * from input
   on conflict (applies_to, valid_from) do update set (rate, valid_to) = (excluded.rate, excluded.valid_to)`,
);

const replaceTables = defineStatement<never>(
  "restaurant.write-tables",
  `with input as (
     select * from rows from (
       jsonb_to_recordset($1::jsonb) as (id uuid, name text, seats integer, area text)
     ) with ordinality as input(id, name, seats, area, position)
   ), gone as (
     delete from tables where id not in (select id from input)
   )
   insert into tables (id, name, seats, area, position) select * from input
   on conflict (id) do update set
     (name, seats, area, position) = (excluded.name, excluded.seats, excluded.area, excluded.position)`,
);

const replaceModifierGroups = defineStatement<never>(
  "restaurant.write-modifier-groups",
  `with input as (
     select * from rows from (
       jsonb_to_recordset($1::jsonb) as (code text, name jsonb, min integer, max integer, modifiers jsonb)
     ) with ordinality as input(code, name, min, max, modifiers, position)
   ), gone as (
     delete from modifier_groups where code not in (select code from input)
   )
   insert into modifier_groups (code, name, min, max, modifiers, position) select * from input
   on conflict (code) do update set (name, min, max, modifiers, position) =
     (excluded.name, excluded.min, excluded.max, excluded.modifiers, excluded.position)`,
);

const upsertCategories = defineStatement<never>(
  "restaurant.write-categories",
  `insert into categories (code, name, station, position)
   select * from rows from (
     jsonb_to_recordset($1::jsonb) as (code text, name jsonb, station text)
   ) with ordinality
   on conflict (code) do update set
     (name, station, position) = (excluded.name, excluded.station, excluded.position)`,
);

const replaceMenuItems = defineStatement<never>(
  "restaurant.write-menu-items",
  `with input as (
     select (item ->> 'productId')::uuid as product_id, category.code,
       array(select jsonb_array_elements_text(item -> 'modifierGroups')) as modifier_groups, position
     from jsonb_to_recordset($1::jsonb) as category(code text, items jsonb)
       cross join jsonb_array_elements(items) with ordinality as dish(item, position)
   ), gone as (
     delete from menu_items where product_id not in (select product_id from input)
   )
   insert into menu_items as dish (product_id, category, modifier_groups, position) select * from input
   on conflict (product_id) do update set
     (category, modifier_groups, position) = (excluded.category, excluded.modifier_groups, excluded.position)
   where (dish.category, dish.modifier_groups, dish.position)
     is distinct from (excluded.category, excluded.modifier_groups, excluded.position)`,
);

const dropCategories = defineStatement<never>(
  "restaurant.drop-categories",
  `delete from categories where code not in (
     select code from jsonb_to_recordset($1::jsonb) as category(code text))`,
);

const WRITES: readonly (readonly [keyof Wanted, readonly Statement<never>[]])[] = [
  ["tax", [replaceTaxes]],
  ["serviceCharge", [replaceServiceCharges]],
  ["tables", [replaceTables]],
  ["modifierGroups", [replaceModifierGroups]],
  ["categories", [upsertCategories, replaceMenuItems, dropCategories]],
];

/** Writes the named parts as wanted and raises the revision, which is the answer. */
export async function writeSettings(
  database: RestaurantDatabase,
  wanted: Wanted,
  parts: ReadonlySet<keyof Wanted>,
  tx: Tx,
): Promise<number> {
  const [row] = await database.run(writeProfile, [JSON.stringify(wanted.restaurant)], tx);
  if (!row) throw new Error("An upsert answers with its row");
  for (const [part, statements] of WRITES) {
    if (!parts.has(part)) continue;
    const values = [JSON.stringify(wanted[part])];
    for (const statement of statements) await database.run(statement, values, tx);
  }
  return row.revision;
}

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
  products: readonly ProductCopy[],
  tx: Tx,
) => database.run(upsertProducts, [JSON.stringify(products)], tx);

export const copyStock = (database: RestaurantDatabase, levels: readonly StockCopy[], tx: Tx) =>
  database.run(upsertStock, [JSON.stringify(levels)], tx);
