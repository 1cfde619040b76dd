// Whoever tells something calls the relay after the commit. The poll is only the net: on a quiet afternoon it comes once a
// minute, and a ticket would reach the kitchen as late. Here it comes so seldom from the start.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEFAULT_TIMING } from "../../src/platform/outbox/timing.js";
import { bootTiffin, type Dish, eventually, line, mmk, order, type TestTiffin } from "./tiffin.js";

Object.assign(DEFAULT_TIMING, { firstPollMs: 600_000, longestPollMs: 600_000 });

let test: TestTiffin;
let dish: Dish;
beforeAll(async () => {
  test = await bootTiffin();
  dish = await test.cashier.dish("SMS-01");
  await delivered();
});
afterAll(() => test?.stop());

/** Within 10 s, nothing waits in any outbox. */
const delivered = () =>
  eventually(
    async () => (await test.manager.get("/api/system/events/status")).body.outboxes,
    (outboxes) => outboxes.every(({ backlog }: { backlog: number }) => backlog === 0),
  );
const card = (token: string) => ({ payment: { method: "card", token } });
const place = async (over: object = {}) =>
  (await test.cashier.place(order([line(dish)], over))).body;
const post = async (path: string, body: object) => {
  const answer = await test.manager.send("POST", path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
};
const cancel = (id: string) =>
  post(`/api/orders/${id}/cancel`, { reason: "Wrong", stock: "restock" });
const patch = async (path: string, change: object) => {
  const { version } = (await test.manager.get(path)).body;
  const answer = await test.manager.send("PATCH", path, { version, ...change });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
};
const refund = async (over: object) => {
  const { id } = await place(over);
  await delivered();
  await post("/api/payments/refunds", {
    orderId: id,
    key: randomUUID(),
    amount: mmk(100),
    reason: "cold",
  });
};

it.each<[string, () => Promise<unknown>]>([
  ["an order, paid in cash", () => place()],
  ["an order, paid by card", () => place(card("sim_approve"))],
  ["an order that is refused, and its stock given back", () => place(card("sim_decline"))],
  ["a cancelled order, paid in cash", async () => cancel((await place()).id)],
  ["a cancelled order, paid by card", async () => cancel((await place(card("sim_approve"))).id)],
  ["a refund of cash", () => refund({})],
  ["a refund to a card", () => refund(card("sim_approve"))],
  [
    "a delivery",
    () =>
      post(`/api/inventory/products/${dish.productId}/movements`, {
        type: "received",
        quantity: 5,
        reason: "Friday",
      }),
  ],
  [
    "an edit of a dish",
    () => patch(`/api/inventory/products/${dish.productId}`, { lowStockAt: 3 }),
  ],
  [
    "an edit of the menu",
    async () => {
      const { version, modifierGroups } = (await test.manager.get("/api/restaurant/settings")).body;
      const [group] = modifierGroups;
      const path = `/api/restaurant/modifier-groups/${group.code}`;
      const name = { ...group.name, en: "Extras" };
      const answer = await test.manager.send("PUT", path, { ...group, name, version });
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    },
  ],
  ["a new cook", () => post("/api/staff", { name: "Ma Khin", role: "kitchen", pin: "86421" })],
  [
    "a press in the kitchen, and one that is taken back",
    async () => {
      const { id } = await place();
      const tickets = await eventually(
        async () => (await test.manager.get("/api/kitchen/tickets?limit=100")).body.items,
        (items) => items.some(({ orderId }: { orderId: string }) => orderId === id),
      );
      const ticket = tickets.find(({ orderId }: { orderId: string }) => orderId === id);
      await post(`/api/kitchen/tickets/${ticket.id}/advance`, { version: 1, to: "served" });
      await delivered();
      await post("/api/kitchen/recall", { id: randomUUID() });
    },
  ],
])("%s is told at once", async (_what, act) => {
  await act();
  await delivered();
});
