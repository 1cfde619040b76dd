// The simple model, and what people do: each command does it to the real thing and says what must come of it.
import { randomUUID } from "node:crypto";
import type { AsyncCommand } from "fast-check";
import { expect } from "vitest";
import type { Answer } from "./life.js";
import { PRICE, STOCK, type World } from "./world.js";

export interface Dish {
  price: number;
  /** What can be sold for certain. */
  stock: number;
  /** Given back by cancelled orders; perhaps it is not there yet. */
  coming: number;
}

export interface Sale {
  readonly key: string;
  readonly request: Request;
  readonly answer: Answer;
  cancelled?: { stock: StockOutcome; body: unknown };
}

/** What a till sends, and what the model must know of it. */
interface Request {
  readonly body: object;
  readonly order: PlaceOrder;
}

type StockOutcome = "restock" | "waste";

export interface Model {
  dishes: Dish[];
  sales: Sale[];
}
export interface Real {
  readonly world: World;
  readonly ids: readonly string[];
  /** As inventory last told. */
  readonly versions: number[];
}

export const DISHES = 2;
export const newModel = (): Model => ({
  dishes: Array.from({ length: DISHES }, () => ({ price: PRICE, stock: STOCK, coming: 0 })),
  sales: [],
});

export type Payment = "cash" | "approve" | "decline" | "unknown_captured" | "unknown_lost";

export interface PlaceOrder {
  /** Of each dish. */
  readonly quantities: readonly number[];
  readonly payment: Payment;
  /** The guest saw another price than there is. */
  readonly stale: boolean;
}

/** Where it dies on the way, and perhaps once more on the way up. */
export interface Crash {
  readonly at: string;
  readonly again?: string | undefined;
}

type Command = AsyncCommand<Model, Real>;

/** Does it in a life that ends at the crash's point, or else when all is done. */
async function through(
  { world }: Real,
  model: Model,
  crash: Crash | undefined,
  work: () => Promise<void>,
): Promise<void> {
  const { deaths } = world.counts;
  if (crash) await world.arm(crash.at, crash.again);
  await work();
  if (!crash) return;
  await world.calm();
  if (!world.hasDiedSince(deaths)) await world.passAway();
  settleDown(model);
}

/** After calm: what was coming is there. */
export function settleDown(model: Model): void {
  for (const dish of model.dishes) {
    dish.stock += dish.coming;
    dish.coming = 0;
  }
}

function requestOf(order: PlaceOrder, model: Model, { ids }: Real): Request {
  const lineItems = order.quantities.flatMap((quantity, index) => {
    const { price } = model.dishes[index] ?? { price: 0 };
    const seen = order.stale ? price + 1 : price;
    const unitPrice = { amount: seen, currency: "MMK" };
    return quantity > 0 ? [{ id: randomUUID(), productId: ids[index], quantity, unitPrice }] : [];
  });
  const payment =
    order.payment === "cash"
      ? { method: "cash", tendered: { amount: 1_000_000, currency: "MMK" } }
      : { method: "card", token: `sim_${order.payment}` };
  return { body: { serviceType: "takeaway", lineItems, payment }, order };
}

/** What may come of an order while others, `beside` it, may hold what they want. */
function possibleEnds(order: PlaceOrder, model: Model, beside: readonly PlaceOrder[]): string[] {
  if (order.stale) return ["PRICE_CHANGED"];
  const ends = new Set<string>();
  let certain = true;
  let possible = true;
  for (const [index, quantity] of order.quantities.entries()) {
    if (quantity === 0) continue;
    const { stock = 0, coming = 0 } = model.dishes[index] ?? {};
    const wanted = beside.reduce((sum, other) => sum + (other.quantities[index] ?? 0), 0);
    if (quantity > stock - wanted) certain = false;
    if (quantity > stock + coming) possible = false;
  }
  if (!certain) ends.add("INSUFFICIENT_STOCK");
  const isPaid = order.payment !== "decline" && order.payment !== "unknown_lost";
  if (possible) ends.add(isPaid ? "PLACED" : "PAYMENT_DECLINED");
  return [...ends];
}

function sell(order: PlaceOrder, model: Model): void {
  for (const [index, quantity] of order.quantities.entries()) {
    const dish = model.dishes[index];
    if (dish) dish.stock -= quantity;
  }
}

/** Orders that are sent together; one alone, too. */
export class Place implements Command {
  constructor(
    readonly orders: readonly PlaceOrder[],
    readonly crash: Crash | undefined,
  ) {}
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    await through(real, model, this.crash, async () => {
      const sent = this.orders.map((order) => ({
        key: randomUUID(),
        request: requestOf(order, model, real),
      }));
      const answers = await Promise.all(
        sent.map(({ key, request }) => real.world.insist((life) => life.place(key, request.body))),
      );
      for (const [index, { key, request }] of sent.entries()) {
        const answer = answers[index] as Answer;
        const others = this.orders.filter((_order, other) => other !== index);
        expect(possibleEnds(request.order, model, others)).toContain(answer.kind);
        model.sales.push({ key, request, answer });
      }
      for (const { request, answer } of model.sales.slice(-sent.length)) {
        if (answer.kind === "PLACED") sell(request.order, model);
      }
      // Never more than there is, all winners together.
      for (const dish of model.dishes) expect(dish.stock + dish.coming).toBeGreaterThanOrEqual(0);
    });
  }
  toString = () => `place ${this.orders.map(tellOrder).join(" beside ")}${tellCrash(this.crash)}`;
}

/** The same request again: the same answer, and no second effect. Another one under its key: refused. */
export class Retry implements Command {
  constructor(readonly which: number) {}
  check = ({ sales }: Readonly<Model>) => sales.length > 0;
  async run(model: Model, { world }: Real): Promise<void> {
    const sale = pick(model.sales, this.which);
    const { key, request } = sale;
    const answer = await world.insist((life) => life.place(key, request.body));
    if (sale.cancelled)
      expect(answer).toMatchObject({ kind: "PLACED", body: { status: "cancelled" } });
    else expect(answer).toEqual(sale.answer);
    const body = { ...request.body, serviceType: "dine-in" };
    const other = await world.insist((life) => life.place(key, body));
    expect(other.kind).toBe("IDEMPOTENCY_KEY_REUSED");
  }
  toString = () => `retry sale ${this.which}`;
}

export class Cancel implements Command {
  constructor(
    readonly which: number,
    readonly stock: StockOutcome,
    readonly crash: Crash | undefined,
  ) {}
  check = (model: Readonly<Model>) => placedOf(model).length > 0;
  async run(model: Model, real: Real): Promise<void> {
    const sale = pick(placedOf(model), this.which);
    const { id } = sale.answer.body as { id: string };
    await through(real, model, this.crash, async () => {
      const answer = await real.world.insist((life) => life.cancel(id, this.stock));
      expect(answer).toMatchObject({
        kind: "CANCELLED",
        body: { id, status: "cancelled", payment: { status: "refunded" } },
      });
      if (sale.cancelled) {
        expect(answer.body).toEqual(sale.cancelled.body);
        return;
      }
      sale.cancelled = { stock: this.stock, body: answer.body };
      if (this.stock === "waste") return;
      for (const [index, quantity] of sale.request.order.quantities.entries()) {
        const dish = model.dishes[index];
        if (dish) dish.coming += quantity;
      }
    });
  }
  toString = () => `cancel sale ${this.which} to ${this.stock}${tellCrash(this.crash)}`;
}

export class ChangePrice implements Command {
  constructor(
    readonly dish: number,
    readonly price: number,
  ) {}
  check = () => true;
  async run(model: Model, { world, ids, versions }: Real): Promise<void> {
    const [id = "", version = 0] = [ids[this.dish], versions[this.dish]];
    const answer = await world.insist((life) => life.changePrice(id, version, this.price));
    expect(answer.kind).toBe("CHANGED");
    versions[this.dish] = answer.body as number;
    (model.dishes[this.dish] as Dish).price = this.price;
  }
  toString = () => `price of dish ${this.dish} becomes ${this.price}`;
}

/** Stock that came, or that was counted. The same request twice moves it once. */
export class Move implements Command {
  constructor(
    readonly dish: number,
    readonly type: "received" | "recount",
    readonly quantity: number,
    readonly crash: Crash | undefined,
  ) {}
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    const { world, ids } = real;
    // What is counted depends on which sales have left the shelf.
    if (this.type === "recount") {
      await world.calm();
      settleDown(model);
    }
    const dish = model.dishes[this.dish] as Dish;
    await through(real, model, this.crash, async () => {
      const id = randomUUID();
      const productId = ids[this.dish] ?? "";
      const { type, quantity } = this;
      const asked = { id, productId, type, quantity, reason: "The model says so" };
      const move = () => world.insist((life) => life.move(asked));
      const first = await move();
      expect(first.kind).toBe("MOVED");
      expect(await move()).toEqual(first);
      dish.stock = this.type === "recount" ? this.quantity : dish.stock + this.quantity;
    });
  }
  toString = () => `${this.type} ${this.quantity} of dish ${this.dish}${tellCrash(this.crash)}`;
}

/** The power fails while nobody does anything. */
export class PowerCut implements Command {
  check = () => true;
  async run(model: Model, { world }: Real): Promise<void> {
    await world.passAway();
    settleDown(model);
  }
  toString = () => "the power fails";
}

const placedOf = ({ sales }: Readonly<Model>) =>
  sales.filter(({ answer }) => answer.kind === "PLACED");
const pick = <One>(list: readonly One[], index: number) => list[index % list.length] as One;
const tellCrash = (crash: Crash | undefined) =>
  crash ? ` and die at ${crash.at}${crash.again ? `, then at ${crash.again}` : ""}` : "";
const tellOrder = ({ quantities, payment, stale }: PlaceOrder) =>
  `${quantities.join("+")} by ${payment}${stale ? " at an old price" : ""}`;
