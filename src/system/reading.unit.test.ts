// Reading the books takes a while, and the restaurant sells on.
import { expect, it } from "vitest";
import { createFace, systemPrincipal } from "#platform/http";
import type { contract } from "./contract.js";
import { createSystem, type SystemParts } from "./index.js";
import { pairById, readById } from "./pages.js";

const ORDER = "01930000-0000-7000-8000-000000000001";
const PAYMENT = "01930000-0000-7000-8000-000000000002";

/** Books with nothing in them; `meanwhile` happens after the orders were read, and before the payments are. */
function read(meanwhile: { payment?: object; orders?: number } = {}) {
  let began = false;
  const empty = { items: [], nextCursor: null };
  const parts = {
    orders: {
      books: {
        summary: () =>
          Promise.resolve({
            orders: began ? (meanwhile.orders ?? 0) : 0,
            cancelled: 0,
            openSagas: [],
            abandonedSagas: [],
            faults: [],
          }),
        page: () => {
          began = true;
          return Promise.resolve([]);
        },
      },
    },
    payments: {
      books: {
        summary: () => Promise.resolve({ payments: 0, pending: 0, byMethod: [], faults: [] }),
        page: () => Promise.resolve(meanwhile.payment ? [meanwhile.payment] : []),
      },
    },
    inventory: {
      stock: { summary: () => Promise.resolve(empty) },
      reservations: { list: () => Promise.resolve(empty) },
    },
    outboxes: [],
    inboxes: [],
    clock: () => new Date("2026-11-23T05:00:00Z"),
  } as unknown as SystemParts;
  const face = createFace<typeof contract>(createSystem(parts).router, {
    principal: systemPrincipal,
  });
  return face.reconcile();
}

const payment = {
  orderId: ORDER,
  paymentId: PAYMENT,
  captured: 3500,
  refunded: 0,
  givenBack: 0,
  unanswered: false,
  keptSince: "2026-11-23T05:00:00.000Z",
  faults: [],
};

it("concludes nothing from an order that was placed while the books were read", async () => {
  expect(await read({ payment, orders: 1 })).toMatchObject({
    quiet: false,
    differences: [{ what: "No money without an order", subject: ORDER }],
  });
});

it("concludes it where nothing moved meanwhile", async () => {
  expect(await read({ payment })).toMatchObject({ quiet: true, differences: [{}] });
  expect(await read()).toMatchObject({ quiet: true, differences: [] });
});

it("pairs two lists page by page, however their ends and gaps lie", async () => {
  const list = (ids: string) =>
    readById(
      (after = "") =>
        Promise.resolve(
          ids
            .split("")
            .filter((id) => id > after)
            .slice(0, 2),
        ),
      (id) => id,
      2,
    );
  const pairs = async (ones: string, others: string) => {
    const found: string[] = [];
    for await (const [one = "-", other = "-"] of pairById(list(ones), list(others), (id) => id))
      found.push(one + other);
    return found.join(" ");
  };
  expect(await pairs("abde", "bcdf")).toBe("a- bb -c dd e- -f");
  expect(await pairs("", "abc")).toBe("-a -b -c");
  expect(await pairs("abc", "")).toBe("a- b- c-");
  expect(await pairs("abcd", "abcd")).toBe("aa bb cc dd");
  expect(await pairs("", "")).toBe("");
});
