// The orders and the payments behind the figures, as pages.
import { z } from "zod";
import { decodeCursor, encodeCursor } from "#platform/contract";
import { CalendarDate } from "#platform/kernel";
import type { MoneyEntry, OrderEntry } from "../contract.js";
import {
  listSales,
  listSalesOfCategory,
  listSalesOfDish,
  listTakings,
  type Page,
  type SalesFilter,
} from "../repository/entries.js";
import type { ReportingDatabase } from "../schema.js";
import { inCurrency } from "./currency.js";

const Cursor = z.object({ date: CalendarDate, seq: z.int() });

export interface AskedPage extends Pick<Page, "from" | "to" | "limit"> {
  readonly cursor?: string | undefined;
}

async function readPage<Row extends { businessDate: string; seq: number }, Item>(
  { cursor, ...asked }: AskedPage,
  read: (page: Page) => Promise<readonly Row[]>,
  toItem: (row: Row) => Item,
) {
  const before = cursor === undefined ? undefined : decodeCursor(cursor, Cursor);
  const rows = await read({ ...asked, before, limit: asked.limit + 1 });
  const shown = rows.slice(0, asked.limit);
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  return {
    items: shown.map(toItem),
    nextCursor: last ? encodeCursor({ date: last.businessDate, seq: last.seq }) : null,
  };
}

export const listOrdersBehind = (
  database: ReportingDatabase,
  page: AskedPage,
  filter: SalesFilter,
) =>
  readPage(
    page,
    (asked) => {
      if (filter.productId !== undefined) return listSalesOfDish(database, asked, filter);
      if (filter.category !== undefined) return listSalesOfCategory(database, asked, filter);
      return listSales(database, asked, filter);
    },
    ({ seq: _seq, serverId, serverName, currency, ...row }): OrderEntry => {
      const of = inCurrency(currency);
      const { reason, quantity, at, amount, total, ...entry } = row;
      return {
        ...entry,
        at: at.toISOString(),
        server: { id: serverId, name: serverName },
        ...(reason !== null && { reason }),
        ...(quantity !== null && { quantity }),
        amount: of(amount),
        total: of(total),
      };
    },
  );

export const listPaymentsBehind = (
  database: ReportingDatabase,
  page: AskedPage,
  method: string | undefined,
) =>
  readPage(
    page,
    (asked) => listTakings(database, asked, method),
    ({ seq: _seq, currency, at, amount, ...row }): MoneyEntry => ({
      ...row,
      at: at.toISOString(),
      amount: inCurrency(currency)(amount),
    }),
  );
