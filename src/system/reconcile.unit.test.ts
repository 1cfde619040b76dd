// Each difference that reconciliation promises to find is planted here once.
import { describe, expect, it } from "vitest";
import { createEntries, type Entries } from "./entries.js";
import { type Books, reconcile as reconcileBooks } from "./reconcile.js";

const THEN = "2026-11-23T05:00:00.000Z";
const LATER = "2026-11-23T06:00:00.000Z";

/** All entries, as the modules have them. */
type Whole = Omit<Books, keyof Entries> & Pick<Entries, "orders" | "payments">;

/** As it is done for a whole restaurant: what agrees is left out on the way. */
function reconcile({ orders, payments, ...books }: Whole, checkedAt: Date) {
  const { add, entries } = createEntries(new Set(books.reservations.map((one) => one.orderId)));
  const ids = new Set([...orders, ...payments].map(({ orderId }) => orderId));
  for (const id of ids) {
    const [order, payment] = [orders, payments].map((all) => all.find((one) => one.orderId === id));
    add(order as Whole["orders"][number], payment as Whole["payments"][number]);
  }
  return reconcileBooks({ ...books, ...entries() }, checkedAt);
}

const sound: Whole = {
  orders: [
    {
      orderId: "o1",
      paymentId: "p1",
      total: 3500,
      status: "placed",
      paymentStatus: "captured",
      quantities: { mohinga: 1 },
      faults: [],
    },
  ],
  orderFaults: [],
  paymentFaults: [],
  openSagas: [],
  abandonedSagas: [],
  payments: [
    {
      orderId: "o1",
      paymentId: "p1",
      captured: 3500,
      refunded: 0,
      givenBack: 0,
      unanswered: false,
      keptSince: THEN,
      faults: [],
    },
  ],
  stock: [
    {
      productId: "mohinga",
      tracked: true,
      onHand: 119,
      reserved: 0,
      available: 119,
      movements: 119,
      sold: 1,
    },
  ],
  reservations: [],
  pendingEvents: 0,
  deadLetters: 0,
};
const whats = (over: Partial<Whole>) =>
  reconcile({ ...sound, ...over }, new Date()).differences.map((difference) => difference.what);
const [order] = sound.orders;
const [payment] = sound.payments;
const [stock] = sound.stock;
if (!order || !payment || !stock) throw new Error("the sound books hold one of each");
const unanswered = { ...payment, captured: 0, unanswered: true };

describe("reconcile", () => {
  it("finds nothing where all adds up", () => {
    expect(reconcile(sound, new Date())).toMatchObject({
      quiet: true,
      orders: 1,
      sold: 1,
      captured: 3500,
      differences: [],
    });
  });

  it.each<[string, Partial<Whole>]>([
    ["Each order is paid exactly once", { payments: [] }],
    ["Each order is paid exactly once", { payments: [{ ...payment, captured: 7000 }] }],
    ["Each order is paid exactly once", { payments: [{ ...payment, refunded: 3500 }] }],
    ["Each order is paid exactly once", { payments: [{ ...payment, paymentId: "p2" }] }],
    [
      "No money without an order",
      { payments: [payment, { ...payment, orderId: "o2", paymentId: "p2" }] },
    ],
    [
      "No payment waits for an answer",
      { payments: [payment, { ...unanswered, orderId: "o2", paymentId: "p2" }] },
    ],
    ["On hand is the sum of the movements", { stock: [{ ...stock, movements: 120 }] }],
    ["On hand is available plus reserved", { stock: [{ ...stock, available: 118 }] }],
    ["What was sold has left the stock", { stock: [{ ...stock, sold: 2 }] }],
    [
      "No reservation is left over",
      { reservations: [{ orderId: "o1", productId: "mohinga", at: THEN }] },
    ],
    [
      "No reservation is left over",
      { reservations: [{ orderId: "o9", productId: "mohinga", at: THEN }] },
    ],
    [
      "No saga needs attention",
      {
        openSagas: [
          { id: "s3", subject: "o3", status: "needs-attention", cause: "the gateway is gone" },
        ],
      },
    ],
    ["No event is dead", { deadLetters: 1 }],
    ["The payment book is consistent", { paymentFaults: ["1 refund waits for an answer"] }],
    [
      "The order book is consistent",
      { orderFaults: ["there are 2 orders, and the last number is 1"] },
    ],
    ["The order book is consistent", { orders: [{ ...order, faults: ["it differs"] }] }],
    ["The payment book is consistent", { payments: [{ ...payment, faults: ["it differs"] }] }],
  ])("finds: %s", (what, over) => {
    expect(whats(over)).toEqual([what]);
  });

  it("takes what people gave back as due no more, and nothing beyond it", () => {
    const given = { ...payment, refunded: 500, givenBack: 500 };
    expect(whats({ payments: [given] })).toEqual([]);
    expect(whats({ payments: [{ ...given, refunded: 600 }] })).toEqual([
      "Each order is paid exactly once",
    ]);
  });

  it("finds negative stock", () => {
    expect(whats({ stock: [{ ...stock, onHand: -1, available: -1, movements: -1 }] })).toEqual([
      "No stock is negative",
    ]);
  });

  const cancelled = { ...order, status: "cancelled", paymentStatus: "refunded" };
  const takenBack = {
    orders: [cancelled],
    payments: [{ ...payment, refunded: 3500 }],
    stock: [{ ...stock, onHand: 120, available: 120, movements: 120, sold: 0 }],
  };

  it("counts a cancelled order as neither sold nor due", () => {
    expect(reconcile({ ...sound, ...takenBack }, new Date())).toMatchObject({
      orders: 1,
      cancelled: 1,
      ordersTotal: 0,
      sold: 0,
      captured: 3500,
      refunded: 3500,
      differences: [],
    });
  });

  it.each<[string, Partial<Whole>]>([
    ["Each order is paid exactly once", { payments: [payment] }],
    ["Each order is paid exactly once", { payments: [{ ...payment, refunded: 1000 }] }],
    [
      "Each order tells how its payment stands",
      { orders: [{ ...cancelled, paymentStatus: "refund-pending" }] },
    ],
    ["What was sold has left the stock", { stock: [stock] }],
  ])("finds of a cancelled order: %s", (what, over) => {
    expect(whats({ ...takenBack, ...over })).toEqual([what]);
  });

  it("waits for the money of a cancelled order while its saga runs", () => {
    const openSagas = [{ id: "s1", subject: "o1", status: "finishing", cause: null }];
    const orders = [{ ...cancelled, paymentStatus: "refund-pending" }];
    for (const refunded of [0, 3500]) {
      const over = { ...takenBack, orders, openSagas, payments: [{ ...payment, refunded }] };
      expect(reconcile({ ...sound, ...over }, new Date())).toMatchObject({
        quiet: false,
        differences: [],
      });
    }
  });

  it("lists apart what a person settled by hand", () => {
    const over = {
      ...takenBack,
      orders: [{ ...cancelled, paymentStatus: "refund-abandoned" }],
      payments: [payment],
      abandonedSagas: [{ id: "s1", subject: "o1", reason: "paid in cash", abandonedAt: THEN }],
    };
    const result = reconcile({ ...sound, ...over }, new Date());
    expect(result.differences).toEqual([]);
    expect(result.accepted).toMatchObject([
      { subject: "o1", detail: expect.stringContaining("settled by hand: paid in cash") },
    ]);
  });

  it.each<[string, Partial<Whole>]>([
    ["Each order is paid exactly once", { payments: [] }],
    ["Each order is paid exactly once", { payments: [{ ...payment, keptSince: LATER }] }],
    [
      "Each order is paid exactly once",
      { orders: [{ ...cancelled, paymentStatus: "refunded" }], payments: [payment] },
    ],
    [
      "Each order is paid exactly once",
      { orders: [order], payments: [{ ...payment, captured: 7000 }], stock: sound.stock },
    ],
    ["No money without an order", { orders: [], payments: [{ ...payment, keptSince: LATER }] }],
    [
      "No payment waits for an answer",
      { orders: [], payments: [{ ...unanswered, keptSince: LATER }] },
    ],
    [
      "No reservation is left over",
      {
        orders: [],
        payments: [],
        reservations: [{ orderId: "o1", productId: "mohinga", at: LATER }],
      },
    ],
  ])("takes as settled by hand only what stood then; not: %s", (what, over) => {
    const abandonedSagas = [
      { id: "s1", subject: "o1", reason: "paid in cash", abandonedAt: THEN },
      { id: "s2", subject: "o2", reason: "another order", abandonedAt: LATER },
    ];
    const orders = [{ ...cancelled, paymentStatus: "refund-abandoned" }];
    expect(whats({ ...takenBack, orders, abandonedSagas, ...over })).toEqual([what]);
  });

  it("lists apart what an abandoned placement left, as it stood then", () => {
    const abandonedSagas = [
      { id: "o2", subject: "o2", reason: "given by hand", abandonedAt: THEN },
    ];
    const left = { orderId: "o2", productId: "mohinga", at: THEN };
    for (const one of [payment, unanswered]) {
      const payments = [payment, { ...one, orderId: "o2", paymentId: "p2" }];
      const over = { abandonedSagas, payments, reservations: [left] };
      const result = reconcile({ ...sound, ...over }, new Date());
      expect(result.differences).toEqual([]);
      expect(result.accepted).toHaveLength(2);
    }
  });

  it("leaves alone what a running saga still holds, and says that it is not quiet", () => {
    const over = {
      openSagas: [{ id: "o2", subject: "o2", status: "running", cause: null }],
      payments: [payment, { ...payment, orderId: "o2", paymentId: "p2" }],
      reservations: [{ orderId: "o2", productId: "mohinga", at: THEN }],
    };
    expect(reconcile({ ...sound, ...over }, new Date())).toMatchObject({
      quiet: false,
      differences: [],
    });
  });

  it("leaves a payment without an answer to the saga that asks again", () => {
    for (const status of ["running", "compensating"]) {
      const openSagas = [{ id: "o2", subject: "o2", status, cause: null }];
      const payments = [payment, { ...unanswered, orderId: "o2", paymentId: "p2" }];
      expect(whats({ openSagas, payments })).toEqual([]);
    }
  });

  it("accepts a payment that was taken and given back without an order", () => {
    expect(
      whats({
        payments: [
          payment,
          { ...payment, orderId: "o2", paymentId: "p2", captured: 500, refunded: 500 },
        ],
      }),
    ).toEqual([]);
  });
});

it("holds no more of a restaurant that has been open for years than what may be wrong", () => {
  const { add, entries } = createEntries(new Set(["o7"]));
  for (let n = 0; n < 1_000; n++)
    add({ ...order, orderId: `o${n}` }, { ...payment, orderId: `o${n}` });
  add({ ...order, orderId: "unpaid" }, undefined);
  expect(entries()).toMatchObject({
    counts: {
      orders: 1_001,
      cancelled: 0,
      captured: 3_500_000,
      refunded: 0,
      ordersTotal: 3_503_500,
    },
    soldByProduct: { mohinga: 1_001 },
    orders: [{ orderId: "o7" }, { orderId: "unpaid" }],
    payments: [{ orderId: "o7" }],
  });
});
