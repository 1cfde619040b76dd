// The decisions of inventory, each refusal once.
import { describe, expect, it } from "vitest";
import { money } from "#platform/kernel";
import { decideMovement, isSameMovement, totalAtRead, totalOf } from "./rules/movements.js";
import { changedFields } from "./rules/products.js";
import {
  decideReservation,
  planRelease,
  type ProductForOrder,
  proveFromMemory,
  type Refusal,
  refusedFor,
} from "./rules/reservations.js";
import { planSettlement, salesOf, soldMovementId } from "./rules/settlement.js";
import type { MovementDocument, Reservation } from "./schema.js";

const at = new Date("2026-11-23T05:00:00Z");
const dish = (over: Partial<ProductForOrder> = {}): ProductForOrder => ({
  _id: "mohinga",
  version: 3,
  sku: "MOH-01",
  name: { en: "Mohinga" },
  price: 3500,
  currency: "MMK",
  archived: false,
  tracked: true,
  available: 5,
  ...over,
});
const wants = (quantity: number, amount = 3500) => ({
  productId: "mohinga",
  quantity,
  unitPrice: money(amount, "MMK"),
});
const holds = (quantity: number, held = quantity): Reservation => ({
  orderId: "o1",
  quantity,
  held,
  at,
});

describe("decideReservation", () => {
  const kindOf = (product: ProductForOrder | undefined, line = wants(2)) =>
    decideReservation("o1", [line], product ? [product] : []).kind;

  it.each<[string, ProductForOrder | undefined, ReturnType<typeof wants>]>([
    ["open", dish(), wants(5)],
    ["open", dish({ tracked: false, available: 0 }), wants(5)],
    ["held", dish({ reservations: [holds(2)], available: 0 }), wants(2)],
    ["held", dish({ reservations: [holds(2)], price: 9, archived: true }), wants(2)],
    ["short", dish(), wants(6)],
    ["repriced", dish(), wants(6, 3400)],
    ["unavailable", dish({ archived: true }), wants(2)],
    ["unavailable", undefined, wants(2)],
    ["barred", dish({ closed: [{ orderId: "o1", at }] }), wants(2)],
    ["barred", dish({ reservations: [holds(3)] }), wants(2)],
    ["short", dish({ closed: [{ orderId: "o1", at }] }), wants(6)],
  ])("says %s", (kind, product, line) => {
    expect(kindOf(product, line)).toBe(kind);
  });

  it.each<[Partial<ProductForOrder>, ReturnType<typeof wants>]>([
    [{ available: 5 }, wants(6)],
    [{ price: 4000 }, wants(2)],
    [{ archived: true }, wants(2)],
  ])("says the same to a refused order whenever it asks again (%o)", (then, line) => {
    const first = decideReservation("o1", [line], [dish(then)]);
    const refused = refusedFor(first as Refusal);
    const now = dish({
      available: 99,
      price: 9,
      closed: [{ orderId: "o1", at, ...(refused && { refused }) }],
    });
    expect(decideReservation("o1", [line], [now])).toEqual(first);
    expect(decideReservation("o2", [wants(6, 9)], [now]).kind).toBe("open");
  });

  it("names every dish that is short", () => {
    const lines = [wants(6), { ...wants(9), productId: "tea" }, { ...wants(1), productId: "rice" }];
    const found = [dish(), dish({ _id: "tea" }), dish({ _id: "rice" })];
    expect(decideReservation("o1", lines, found)).toMatchObject({
      kind: "short",
      items: [
        { productId: "mohinga", requested: 6, available: 5 },
        { productId: "tea", requested: 9, available: 5 },
      ],
    });
  });
});

describe("proveFromMemory", () => {
  const memory = (over: Partial<ProductForOrder> = {}) => new Map([["mohinga", dish(over)]]);
  it("takes what is remembered, on sale and at the price that was seen", () => {
    expect(proveFromMemory([wants(1)], memory())).toHaveLength(1);
    expect(proveFromMemory([wants(1, 1)], memory())).toBeUndefined();
    expect(proveFromMemory([wants(1)], memory({ archived: true }))).toBeUndefined();
    expect(proveFromMemory([{ ...wants(1), productId: "tea" }], memory())).toBeUndefined();
  });
});

describe("planRelease", () => {
  it("gives back what is held, bars what is not, and leaves alone what is barred", () => {
    const found = [
      dish({ reservations: [holds(2)] }),
      dish({ _id: "tea", reservations: [holds(2, 0)] }),
      dish({ _id: "rice" }),
      dish({ _id: "soup", closed: [{ orderId: "o1", at }] }),
    ];
    expect(planRelease("o1", found)).toEqual([
      { productId: "mohinga", held: 2 },
      { productId: "tea", held: 0 },
      { productId: "rice", held: undefined },
    ]);
  });
});

describe("planSettlement", () => {
  const sale = (orderId: string, quantity: number) => ({
    orderId,
    productId: "mohinga",
    quantity,
    actor: { id: "s1", name: "Cashier" },
    at,
    trace: null,
  });
  const product = (reservations: Reservation[], over = {}) => ({
    _id: "mohinga",
    tracked: true,
    available: 5,
    moves: 4,
    unfiled: [],
    reservations,
    ...over,
  });

  it("makes one update of a product for many orders, numbering its movements on", () => {
    const held = [holds(2), { ...holds(1), orderId: "o2" }];
    const [plan] = planSettlement([sale("o1", 2), sale("o2", 1)], [product(held)], new Set());
    expect(plan).toMatchObject({
      moves: 4,
      ends: ["o1", "o2"],
      without: [],
      change: { onHand: -3, reserved: -3, available: 0 },
      movements: [
        { sequence: 5, quantity: -2 },
        { sequence: 6, quantity: -1 },
      ],
    });
  });

  it("does nothing for a sale that exists and holds nothing", () => {
    const filed = new Set([soldMovementId(sale("o1", 2))]);
    expect(planSettlement([sale("o1", 2)], [product([])], filed)).toEqual([]);
  });

  it("sells once when one batch tells the same sale twice", () => {
    const [plan] = planSettlement([sale("o1", 2), sale("o1", 2)], [product([])], new Set());
    expect(plan).toMatchObject({ change: { onHand: -2, available: -2 }, without: ["o1"] });
    expect(plan?.movements).toHaveLength(1);
  });

  it("gives a ghost back", () => {
    const filed = new Set([soldMovementId(sale("o1", 2))]);
    expect(planSettlement([sale("o1", 2)], [product([holds(2)])], filed)).toMatchObject([
      { ends: ["o1"], change: { onHand: 0, reserved: -2, available: 2 }, movements: [] },
    ]);
  });

  it("refuses an unknown product, and more than there is", () => {
    expect(() => planSettlement([sale("o1", 2)], [], new Set())).toThrow(/unknown product/);
    expect(() => planSettlement([sale("o1", 6)], [product([])], new Set())).toThrow(/recount/);
  });

  it("adds lines of one product up", () => {
    const lineItems = [2, 3].map((quantity) => ({ productId: "mohinga", quantity }));
    const placedBy = { id: "s1", name: "Cashier" };
    const order = { orderId: "o1", placedAt: at.toISOString(), placedBy, lineItems };
    expect(salesOf(order, null)).toEqual([sale("o1", 5)]);
  });
});

describe("decideMovement", () => {
  const stock = { tracked: true, onHand: 10, reserved: 4, available: 6 };
  it.each([
    ["received", 5, { kind: "move", delta: 5, counted: null }],
    ["received", 1_000_000_000, { kind: "too-large", onHand: 10 }],
    ["waste", 6, { kind: "move", delta: -6, counted: null }],
    ["waste", 7, { kind: "not-enough", requested: 7, available: 6 }],
    ["recount", 4, { kind: "move", delta: -6, counted: 4 }],
    ["recount", 3, { kind: "below-reserved", counted: 3, reserved: 4 }],
  ] as const)("%s %i", (type, quantity, decision) => {
    expect(decideMovement({ type, quantity }, stock)).toEqual(decision);
  });
  it("refuses where stock is not counted", () => {
    const untracked = { ...stock, tracked: false };
    expect(decideMovement({ type: "received", quantity: 1 }, untracked).kind).toBe("not-tracked");
  });
});

const movement = (sequence: number, over: Partial<MovementDocument> = {}): MovementDocument => ({
  _id: `m${sequence}`,
  productId: "mohinga",
  sequence,
  type: "received",
  quantity: sequence,
  uncounted: 0,
  counted: null,
  reason: "",
  reference: null,
  actor: { id: "s1", name: "Cashier" },
  at,
  ...over,
});

describe("the total of movements", () => {
  it("is known at once where filed and unfiled do not overlap", () => {
    const filed = { quantity: 3, sold: 0, count: 2, last: 2 };
    expect(totalAtRead({ moves: 3, unfiled: [movement(3)] }, filed)).toEqual({
      quantity: 6,
      sold: 0,
    });
    expect(totalAtRead({ moves: 2, unfiled: [movement(2)] }, filed)).toBeUndefined();
    expect(totalAtRead({ moves: 1, unfiled: [] }, { ...filed, count: 1 })).toBeUndefined();
  });

  it("counts each movement once, and none that came after the read", () => {
    const sold = movement(2, { type: "sold", quantity: -1, uncounted: 2 });
    const filed = [movement(1), sold, movement(3)];
    expect(totalOf({ moves: 2, unfiled: [sold] }, filed)).toEqual({ quantity: 0, sold: 3 });
  });
});

describe("isSameMovement", () => {
  it("knows a repetition from another movement under the same id", () => {
    const stored = movement(4, { type: "recount", quantity: -3, counted: 7 });
    const asked = { productId: "mohinga", type: "recount", quantity: 7 } as const;
    expect(isSameMovement(asked, stored)).toBe(true);
    expect(isSameMovement({ ...asked, quantity: 3 }, stored)).toBe(false);
    expect(isSameMovement({ ...asked, productId: "tea" }, stored)).toBe(false);
  });
});

describe("changedFields", () => {
  const current = {
    name: { en: "Mohinga", my: "မုန့်ဟင်းခါး" },
    price: 3500,
    attributes: { diet: ["vegan"] },
    lowStockAt: null,
    archived: false,
    tracked: true,
    photo: null,
  };
  it("finds what differs, by value", () => {
    expect(changedFields(current, structuredClone(current))).toBeUndefined();
    expect(changedFields(current, { price: 4000, archived: undefined })).toEqual({ price: 4000 });
    expect(changedFields(current, { name: { en: "Mohinga" } })).toEqual({
      name: { en: "Mohinga" },
    });
  });
});
