// This module's tables, as the query builder sees them.
import type { Generated } from "kysely";
import type { Database } from "#platform/db";
import type { LocalizedText } from "#platform/kernel";
import type { PaymentStatus, StockOutcome } from "./events.js";

export interface OrdersTable {
  id: string;
  number: number;
  status: "placed" | "cancelled";
  version: number;
  serviceType: "dine-in" | "takeaway";
  tableId: string | null;
  /** As it was called then; null also in orders of an older version. */
  tableName: string | null;
  businessDate: string;
  currency: string;
  subtotal: number;
  discount: number;
  serviceCharge: number;
  tax: number;
  taxIncluded: number;
  rounding: number;
  total: number;
  taxes: unknown;
  paymentId: string;
  paymentMethod: "cash" | "card";
  paymentStatus: PaymentStatus;
  tendered: number | null;
  change: number | null;
  placedById: string;
  placedByName: string;
  placedAt: Date;
}

export interface LineItemsTable {
  orderId: string;
  id: string;
  position: number;
  productId: string;
  sku: string;
  name: LocalizedText;
  category: { code: string; name: LocalizedText };
  station: string;
  quantity: number;
  unitPrice: number;
  modifiers: { code: string; name: LocalizedText; price: number }[];
  note: string | null;
  taxRates: unknown;
  total: number;
}

export interface CancellationsTable {
  orderId: string;
  reason: string;
  outcomes: { id: string; outcome: StockOutcome }[];
  cancelledOn: string;
  cancelledAt: string;
  cancelledById: string;
  cancelledByName: string;
  approvedById: string | null;
  approvedByName: string | null;
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

export interface OrdersTables {
  orders: OrdersTable;
  lineItems: LineItemsTable;
  cancellations: CancellationsTable;
  catalogue: CatalogueTable;
}

export type OrdersDatabase = Database<OrdersTables>;
