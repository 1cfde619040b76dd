// This module's tables, as the query builder sees them.
import type { Generated } from "kysely";
import type { LocalizedText } from "#platform/kernel";

export interface ProfileTable {
  id: Generated<number>;
  name: LocalizedText;
  currency: string;
  timeZone: string;
  businessDayStartsAt: string;
  revision: Generated<number>;
}
export interface TaxRatesTable {
  name: string;
  rate: string;
  inclusive: boolean;
  validFrom: string;
  validTo: string | null;
}
export interface ServiceChargesTable {
  appliesTo: string[];
  rate: string;
  validFrom: string;
  validTo: string | null;
}
export interface TablesTable {
  id: string;
  name: string;
  seats: number;
  area: string;
  position: number;
}
export interface ModifierGroupsTable {
  code: string;
  name: LocalizedText;
  min: number;
  max: number;
  position: number;
  modifiers: { code: string; name: LocalizedText; price: number }[];
}
export interface CategoriesTable {
  code: string;
  name: LocalizedText;
  station: string;
  position: number;
}
export interface MenuItemsTable {
  productId: string;
  category: string;
  modifierGroups: string[];
  position: number;
}
export interface CatalogueTable {
  productId: string;
  sku: string | null;
  name: LocalizedText | null;
  price: number | null;
  currency: string | null;
  archived: Generated<boolean>;
  version: Generated<number>;
  tracked: Generated<boolean>;
  available: number | null;
  stockVersion: Generated<number>;
}

export interface RestaurantTables {
  profile: ProfileTable;
  taxRates: TaxRatesTable;
  serviceCharges: ServiceChargesTable;
  tables: TablesTable;
  modifierGroups: ModifierGroupsTable;
  categories: CategoriesTable;
  menuItems: MenuItemsTable;
  catalogue: CatalogueTable;
}
