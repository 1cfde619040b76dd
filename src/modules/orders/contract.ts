// The face of orders: place, calculate, cancel, read. Money is always the server's; the guest's prices are only proved.
import { z } from "zod";
import { page, pageQuery, route } from "#platform/contract";
import { CalendarDate, Uuid } from "#platform/kernel";
import { cancelling } from "./contract/cancel.js";
import { placing } from "./contract/place.js";
import { sagas } from "./contract/sagas.js";
import { NotFound, Order, OrderStatus } from "./contract/shapes.js";

export { cancelErrors, type CancelOrder } from "./contract/cancel.js";
export { type PlaceError, placeErrors } from "./contract/place.js";
export type { Saga } from "./contract/sagas.js";
export { type Order, PlaceOrder } from "./contract/shapes.js";

export const contract = {
  ...placing,
  ...cancelling,

  get: route
    .meta({ permission: "orders.read" })
    .route({ method: "GET", path: "/orders/{id}", summary: "One order, as it was sold" })
    .input(z.strictObject({ id: Uuid }))
    .output(Order)
    .errors(NotFound),

  list: route
    .meta({ permission: "orders.read" })
    .route({ method: "GET", path: "/orders", summary: "Orders, newest first" })
    .input(
      z.strictObject({
        ...pageQuery.shape,
        status: OrderStatus.optional(),
        businessDate: CalendarDate.optional(),
      }),
    )
    .output(page(Order)),

  sagas,

  /** For reconciliation: this module's own books, and what does not add up in them. */
  books: {
    summary: route
      .meta({ internal: true })
      .route({ method: "GET", path: "/orders/books/summary" })
      .output(
        z.object({
          orders: z.int(),
          /** Of these. */
          cancelled: z.int(),
          openSagas: z.array(
            z.object({
              id: Uuid,
              subject: Uuid,
              status: z.string(),
              cause: z.string().nullable(),
            }),
          ),
          /** What a person settled by hand, and so explains a difference that stood then. */
          abandonedSagas: z.array(
            z.object({
              id: Uuid,
              subject: Uuid,
              reason: z.string(),
              abandonedAt: z.iso.datetime(),
            }),
          ),
          faults: z.array(z.string()),
        }),
      ),
    page: route
      .meta({ internal: true })
      .route({ method: "GET", path: "/orders/books/page" })
      .input(z.strictObject({ after: Uuid.optional(), limit: z.int().min(1).max(1000) }))
      .output(
        z.array(
          z.object({
            orderId: Uuid,
            paymentId: Uuid,
            total: z.int(),
            status: OrderStatus,
            paymentStatus: z.string(),
            /** Portions by product, also of a cancelled order. */
            quantities: z.record(z.string(), z.int()),
            faults: z.array(z.string()),
          }),
        ),
      ),
  },
};
