// Between the contract and the module: ranges and filters in, reports out; and what a report says when it is cut off.
import { invalidInput } from "#platform/contract";
import { isTimeLimit } from "#platform/db";
import { actorOf, implementContract } from "#platform/http";
import type { Rebuilding } from "./commands/rebuild.js";
import { contract } from "./contract.js";
import { createGate, Crowded, REPORTS_AT_A_TIME } from "./gate.js";
import { listOrdersBehind, listPaymentsBehind } from "./queries/entries.js";
import { describeRebuild } from "./queries/rebuild.js";
import { reportSales, reportStock, reportToday } from "./queries/reports.js";
import { rangeFault } from "./rules.js";
import type { ReportingDatabase } from "./schema.js";

export interface RouterParts {
  readonly database: ReportingDatabase;
  readonly reading: ReportingDatabase;
  readonly rebuilding: Rebuilding;
  readonly clock: () => Date;
}

interface Refusals {
  REPORT_CUT_OFF(): Error;
  REPORTS_BUSY(): Error;
}

const PATIENCE_MS = 5_000;

interface AskedDays {
  readonly businessDate?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** @throws INVALID_INPUT */
function daysOf({ businessDate, from = businessDate, to = businessDate }: AskedDays) {
  const fault = rangeFault(from, to);
  if (fault !== undefined) throw invalidInput({ path: "to", message: fault });
  return { from, to };
}

export function createRouter({ database, reading, rebuilding, clock }: RouterParts) {
  const reporting = implementContract(contract);
  const gate = createGate({ width: REPORTS_AT_A_TIME, patienceMs: PATIENCE_MS });

  async function within<T>(refusals: Refusals, report: () => Promise<T>): Promise<T> {
    try {
      return await gate.pass(report);
    } catch (error) {
      if (isTimeLimit(error)) throw refusals.REPORT_CUT_OFF();
      if (error instanceof Crowded) throw refusals.REPORTS_BUSY();
      throw error;
    }
  }

  return reporting.router({
    sales: reporting.sales.handler(({ input, errors }) => {
      const { from, to } = daysOf(input);
      return within(errors, () => reportSales(reading, input.by, { now: clock(), from, to }));
    }),
    today: reporting.today.handler(({ errors }) =>
      within(errors, () => reportToday(reading, clock())),
    ),
    stock: reporting.stock.handler(({ input, errors }) =>
      within(errors, () => reportStock(reading, input.low === true)),
    ),
    orders: reporting.orders.handler(({ input, errors }) => {
      const { limit, cursor, dish, server, hour, category, method, serviceType } = input;
      const page = { ...daysOf(input), limit, cursor };
      const filter = { productId: dish, serverId: server, hour, category, method, serviceType };
      return within(errors, () => listOrdersBehind(reading, page, filter));
    }),
    payments: reporting.payments.handler(({ input, errors }) => {
      const { limit, cursor, method } = input;
      const page = { ...daysOf(input), limit, cursor };
      return within(errors, () => listPaymentsBehind(reading, page, method));
    }),
    rebuild: {
      start: reporting.rebuild.start.handler(async ({ context }) => {
        const { principal, trace } = context;
        if (!principal) throw new Error("The guard lets nobody in without a principal");
        const { id, name, role } = principal;
        const by = actorOf(context) ?? { actor: { id, name, role } };
        await rebuilding.start({ by, trace });
        return describeRebuild(database);
      }),
      status: reporting.rebuild.status.handler(() => describeRebuild(database)),
    },
  });
}
