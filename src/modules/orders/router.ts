// Between the contract and the module: turns requests into commands and decisions into typed answers.
import { actorOf, type CallContext, implementContract } from "#platform/http";
import { KeyInTransit, type Outcome } from "#platform/saga";
import { cancelOrder } from "./commands/cancel-order.js";
import { abandon, type Operated, type OperatingParts, resume } from "./commands/sagas.js";
import { type Placement, placeOrder, preparePlacement } from "./commands/place-order.js";
import { contract, type Order, type PlaceError, placeErrors, type Saga } from "./contract.js";
import { PLACE_ORDER } from "./place-order.saga.js";
import {
  calculate,
  getOrder,
  listOrderPage,
  listSagaPage,
  placedOrder,
  readBook,
  summarize,
  toSaga,
} from "./queries.js";
import type { OrderingRules } from "./rules.js";

/** How long a till waits for an answer before it is told to ask again. */
const RESPONSE_DEADLINE_MS = 10_000;
const POLL_MS = 100;

type Completed = Extract<Outcome, { kind: "completed" }>;

export interface RouterParts extends OperatingParts {
  readonly rules: () => Promise<OrderingRules>;
  readonly clock: () => Date;
}

export function createRouter(parts: RouterParts) {
  const { database, sagas, rules, clock } = parts;
  const orders = implementContract(contract);

  /** Waits for the outcome of a saga, also one that another process drives. */
  async function decided(id: string, outcome: Promise<Outcome>): Promise<Outcome> {
    const deadline = performance.now() + RESPONSE_DEADLINE_MS;
    const late = new Promise<Outcome>((resolve) => {
      const timer = setTimeout(resolve, RESPONSE_DEADLINE_MS, { kind: "running", id });
      void outcome.finally(() => clearTimeout(timer));
    });
    let current = await Promise.race([outcome, late]);
    while (current.kind === "running" && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      current = await sagas.outcomeOf(id);
    }
    return current;
  }

  /** From memory when this process placed it, else from its rows. */
  async function answer(placed: Placement, { results }: Completed): Promise<Order> {
    if (results && placed.input) return placedOrder(placed.id, placed.input, results);
    const order = await getOrder(database, placed.id);
    if (!order) throw new Error(`Saga ${placed.id} is completed without an order`);
    return order;
  }

  function askedBy(context: CallContext) {
    const by = actorOf(context);
    if (!by) throw new Error("Only people cancel orders and decide on sagas");
    return { by, trace: context.trace, now: clock() };
  }

  function operated(
    result: Operated,
    errors: {
      NOT_FOUND(): Error;
      SAGA_NOT_PARKED(details: { data: { saga: Saga } }): Error;
    },
  ): Saga {
    if (result.kind === "not-found") throw errors.NOT_FOUND();
    const saga = toSaga(result.saga, sagas);
    if (result.kind === "not-parked") throw errors.SAGA_NOT_PARKED({ data: { saga } });
    return saga;
  }

  const place = orders.place.handler(async ({ input, context, errors }) => {
    const { principal, trace } = context;
    if (!principal) throw new Error("The guard lets nobody in without a principal");
    const prepared = preparePlacement(input.body, {
      rules: await rules(),
      now: clock(),
      placedBy: principal,
      trace,
    });
    const key = input.headers["idempotency-key"];
    const started = await placeOrder(sagas, input.body, key, prepared).catch((error: unknown) => {
      throw error instanceof KeyInTransit ? errors.IDEMPOTENCY_KEY_IN_USE() : error;
    });
    if (!started) throw errors.IDEMPOTENCY_KEY_REUSED();
    const location = `/api/orders/${started.id}`;
    const outcome = await decided(started.id, started.outcome);
    switch (outcome.kind) {
      case "completed":
        return { status: 201, headers: { location }, body: await answer(started, outcome) };
      case "refused": {
        const { code, data, message } = outcome.refusal;
        if (!(code in placeErrors)) throw errors.PLACEMENT_TIMED_OUT({ message });
        const known = errors[code as PlaceError];
        throw (known as (details: { data: unknown; message: string }) => Error)({ data, message });
      }
      case "running":
      case "parked":
        return {
          status: 202,
          headers: { location: `${location}/placement`, "retry-after": "2" },
          body: { id: started.id, status: "placing" },
        };
    }
  });

  const cancel = orders.cancel.handler(async ({ input, context, errors }) => {
    const asked = { ...askedBy(context), rules: await rules() };
    const cancelling = await cancelOrder({ database, sagas }, input, asked);
    if (cancelling.kind === "being-placed") throw errors.ORDER_BEING_PLACED();
    if (cancelling.kind === "unknown-lines") {
      throw errors.UNKNOWN_LINES({ data: { lineIds: [...cancelling.lineIds] } });
    }
    const outcome =
      cancelling.kind === "cancelling"
        ? await decided(cancelling.id, cancelling.outcome)
        : undefined;
    const order = await getOrder(database, input.id);
    if (cancelling.kind === "not-found" || !order) throw errors.NOT_FOUND();
    const refused = outcome?.kind === "refused" ? outcome.refusal.code : undefined;
    if (cancelling.kind === "stale" || refused === "VERSION_CONFLICT") {
      throw errors.VERSION_CONFLICT({ data: { currentVersion: order.version, order } });
    }
    if (order.status !== "cancelled") {
      // Only what is undone is told as undone: one that still runs may cancel the order a moment later.
      throw refused === undefined
        ? errors.ORDER_BEING_CANCELLED()
        : errors.CANCELLATION_TIMED_OUT();
    }
    if (order.payment.status !== "refund-pending") return { status: 200, body: order };
    return {
      status: 202,
      headers: { location: `/api/orders/${order.id}`, "retry-after": "2" },
      body: order,
    };
  });

  return orders.router({
    place,
    cancel,
    placement: orders.placement.handler(async ({ input, errors }) => {
      const saga = await sagas.find(input.id);
      if (saga?.definition !== PLACE_ORDER) throw errors.NOT_FOUND();
      const order = saga.status === "completed" ? await getOrder(database, input.id) : undefined;
      // What it says is true once all is undone.
      const problem = saga.endedAt &&
        saga.refusal && {
          code: saga.refusal.code.toLowerCase().replaceAll("_", "-"),
          status: saga.refusal.status,
          detail: saga.refusal.message,
        };
      return {
        id: input.id,
        status: placementStatus(saga.status),
        ...(order && { order }),
        ...(problem && { problem }),
      };
    }),
    calculate: orders.calculate.handler(async ({ input, errors }) => {
      const priced = await calculate(database, input, await rules(), clock());
      if (priced.kind === "invalid-lines") {
        throw errors.INVALID_LINES({ data: { items: [...priced.faults] } });
      }
      if (priced.kind === "unavailable") {
        throw errors.PRODUCT_UNAVAILABLE({ data: { items: priced.items } });
      }
      return { lineItems: priced.lineItems, totals: priced.totals };
    }),
    get: orders.get.handler(async ({ input, errors }) => {
      const order = await getOrder(database, input.id);
      if (!order) throw errors.NOT_FOUND();
      return order;
    }),
    list: orders.list.handler(({ input }) => listOrderPage(database, input)),
    sagas: {
      list: orders.sagas.list.handler(({ input }) => listSagaPage(sagas, input)),
      get: orders.sagas.get.handler(async ({ input, errors }) => {
        const saga = await sagas.find(input.id);
        if (!saga) throw errors.NOT_FOUND();
        return toSaga(saga, sagas);
      }),
      resume: orders.sagas.resume.handler(async ({ input, context, errors }) =>
        operated(await resume(parts, input.id, askedBy(context)), errors),
      ),
      abandon: orders.sagas.abandon.handler(async ({ input, context, errors }) =>
        operated(await abandon(parts, input.id, input.reason, askedBy(context)), errors),
      ),
    },
    books: {
      summary: orders.books.summary.handler(async () => ({
        ...(await summarize(database)),
        openSagas: await sagas.listOpen(),
        abandonedSagas: (await sagas.listAbandoned()).map((saga) => ({
          ...saga,
          abandonedAt: saga.abandonedAt.toISOString(),
        })),
      })),
      page: orders.books.page.handler(({ input }) => readBook(database, input.after, input.limit)),
    },
  });
}

function placementStatus(status: string) {
  if (status === "completed") return "placed";
  if (status === "needs-attention") return "needs-attention";
  // Given up included: whoever follows the order must come to an end.
  return status === "rolled-back" || status === "abandoned" ? "refused" : "placing";
}
