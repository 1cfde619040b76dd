import { describe, expect, it } from "vitest";
import { BoundaryError, type Ownership, reaches } from "#platform/kernel";
import { explainRefusal } from "./refusal.js";

const manifest = {
  orders: { store: "postgres", calls: ["payments"], hears: ["payments"] },
  payments: { store: "postgres", calls: [], hears: [] },
  reporting: { store: "postgres", calls: [], hears: ["orders"] },
  auth: { store: "postgres", calls: [], hears: [] },
  inventory: { store: "mongodb", calls: [], hears: [] },
} as const;
const ownership: Ownership = {
  manifest,
  heard: (module) =>
    module === "reporting"
      ? ["orders.order-placed.v1"]
      : module === "orders"
        ? ["payments.payment-captured.v1"]
        : [],
};
const refused = (message: string) => Object.assign(new Error(message), { code: "42501" });
const explain = (module: string, message: string, statement?: string) => {
  const error = explainRefusal(ownership, module, refused(message), statement);
  if (!(error instanceof BoundaryError)) throw new Error("not explained");
  return error.message;
};

describe("A refused statement", () => {
  it("names both modules, the table, what is heard already, and the face", () => {
    expect(
      explain(
        "reporting",
        "permission denied for schema orders",
        "select * from orders.line_items",
      ),
    ).toBe(
      "`reporting` may not read `orders.line_items`. It hears `orders.order-placed.v1`; or call `orders` through its contract (add it to `calls` in manifest.ts).",
    );
  });

  it("points at the face that the manifest grants, and at what is heard besides", () => {
    expect(
      explain("orders", "permission denied for schema payments", "delete from payments.payments"),
    ).toBe(
      "`orders` may not change `payments.payments`. It may call `payments` through its contract, #modules/payments, or keep a copy from what it hears: `payments.payment-captured.v1`.",
    );
  });

  it("does not suggest a call that would close a circle", () => {
    expect(
      explain("payments", "permission denied for schema orders", "select 1 from orders.orders"),
    ).toBe(
      "`payments` may not read `orders.orders`. `orders` calls `payments`, so it cannot be called back: hear its events (add it to `hears` in manifest.ts).",
    );
  });

  it("offers both ways where nothing is granted", () => {
    expect(
      explain("reporting", "permission denied for schema auth", 'select 1 from "auth"."staff"'),
    ).toBe(
      "`reporting` may not read `auth.staff`. Hear its events (add it to `hears` in manifest.ts), or call `auth` through its contract (add it to `calls` in manifest.ts).",
    );
  });

  it("is understood by its statement where the server speaks another language", () => {
    expect(
      explain("auth", "keine Berechtigung für Schema payments", "select 1 from payments.refunds"),
    ).toContain("`auth` may not read `payments.refunds`");
  });

  it("sends a change of an own table to the migrations", () => {
    expect(
      explain("orders", "must be owner of table orders", "alter table orders drop column id"),
    ).toContain("new file in migrations/orders/");
    expect(
      explain("orders", "permission denied for table outbox_archive", "update outbox_archive"),
    ).toContain("permission denied for table outbox_archive");
  });

  it("names whom a module tried to become", () => {
    expect(explain("reporting", 'permission denied to set role "tiffin_auth"')).toContain(
      "`reporting` may not act as `auth`",
    );
    expect(explain("reporting", 'permission denied to set role "tiffin_auth_owner"')).toContain(
      "`reporting` may not act as `auth`",
    );
  });

  it("keeps the driver's error as its cause and its code, and leaves other errors as they are", () => {
    const cause = refused("permission denied for schema auth");
    expect(explainRefusal(ownership, "orders", cause)).toMatchObject({ code: "42501", cause });
    const other = Object.assign(new Error("duplicate key"), { code: "23505" });
    expect(explainRefusal(ownership, "orders", other)).toBe(other);
    expect(explainRefusal(ownership, "orders", "text")).toBe("text");
  });
});

describe("Whether one module reaches another", () => {
  it("follows calls over others, and ends where they go in circles", () => {
    const ring = {
      a: { store: "postgres", calls: ["b"], hears: [] },
      b: { store: "postgres", calls: ["c", "a"], hears: [] },
      c: { store: "postgres", calls: [], hears: ["a"] },
    } as const;
    expect(reaches(ring, "a", "c")).toBe(true);
    expect(reaches(ring, "c", "a")).toBe(false);
  });
});
