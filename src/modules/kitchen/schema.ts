// This module's tables, as the query builder sees them.
import type { Database } from "#platform/db";
import type { LocalizedText } from "#platform/kernel";
import type { TicketStatus } from "./events.js";

export interface TicketsTable {
  id: string;
  orderId: string;
  station: string;
  number: number;
  serviceType: string;
  tableId: string | null;
  tableName: string | null;
  placedAt: Date;
  status: TicketStatus;
  servedFrom: Exclude<TicketStatus, "served"> | null;
  version: number;
  changedAt: Date;
  cancelledAt: Date | null;
  closedAt: Date | null;
  recallId: string | null;
}

export interface TicketLinesTable {
  ticketId: string;
  id: string;
  position: number;
  productId: string;
  sku: string;
  name: LocalizedText;
  quantity: number;
  modifiers: { code: string; name: LocalizedText }[];
  note: string | null;
  crossedOff: boolean;
  cancelled: number;
  acknowledged: number;
}

export interface CancelledOrdersTable {
  orderId: string;
  lines: Readonly<Record<string, number>>;
  cancelledAt: Date;
}

export interface KitchenTables {
  tickets: TicketsTable;
  ticketLines: TicketLinesTable;
  cancelledOrders: CancelledOrdersTable;
  stations: { code: string };
}

export type KitchenDatabase = Database<KitchenTables>;
