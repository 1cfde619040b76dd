// A face that the manifest does not list is not handed over: it is missing from the object, and from the type.
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { type Face, route } from "#platform/contract";
import { implementContract } from "#platform/http";
import { defineActionTaken, defineEvent } from "#platform/kernel";
import type { Subscription } from "#platform/outbox";
import { createGrants } from "./grants.js";

const manifest = {
  orders: { calls: ["stock"], hears: [] },
  stock: { calls: [], hears: ["orders"] },
  money: { calls: [], hears: [] },
} as const;

const contract = {
  look: route.route({ method: "GET", path: "/look" }).output(z.string()),
};
type Looking = Face<typeof contract>;
interface Faces {
  readonly stock: Looking;
  readonly money: Looking;
}

const sold = defineEvent("orders.sold.v1", { schema: z.string(), key: (id) => id });

function make<Name extends keyof typeof manifest>(name: Name) {
  const served = implementContract(contract);
  return {
    name,
    router: served.router({ look: served.look.handler(() => `${name} looked`) }),
    subscriptions:
      name === "stock"
        ? [{ name: "stock.count", events: [sold], handle: async () => undefined }]
        : [],
  };
}

const calls: string[] = [];
const grants = createGrants<typeof manifest, Faces>(manifest, (from, to) =>
  calls.push(`${from} → ${to}`),
);
grants.register(make("stock"));
grants.register(make("money"));

describe("The faces that a module is handed", () => {
  it("are those that the manifest lists, and each call is counted", async () => {
    const faces = grants.facesFor("orders");
    expect(Object.keys(faces)).toEqual(["stock"]);
    await expect(faces.stock.look()).resolves.toBe("stock looked");
    expect(calls).toEqual(["orders → stock"]);
    expect(grants.facesFor("stock")).toEqual({});
  });

  it("have in their type what is listed, and nothing else", () => {
    expectTypeOf(grants.facesFor<"orders">).returns.toEqualTypeOf<Pick<Faces, "stock">>();
    expectTypeOf(grants.facesFor<"orders">).returns.not.toHaveProperty("money");
    expectTypeOf(grants.facesFor<"stock">).returns.not.toHaveProperty("money");
    expectTypeOf(grants.facesFor).parameter(0).toEqualTypeOf<"orders" | "stock" | "money">();
  });

  it("must have been made before, or the start says which is missing", () => {
    const early = createGrants<typeof manifest, Faces>(manifest, () => undefined);
    expect(() => early.facesFor("orders")).toThrow("orders calls stock");
  });

  it("are all there for what stands above the modules", () => {
    expect(Object.keys(grants.allFaces("system"))).toEqual(["stock", "money"]);
  });
});

describe("What a module hears", () => {
  it("is told by its subscriptions", () => {
    expect(grants.heard("stock")).toEqual(["orders.sold.v1"]);
    expect(grants.heard("money")).toEqual([]);
    expect(grants.heard("nobody")).toEqual([]);
  });

  it("comes by an inbox, or it would wait for ever without anybody knowing", () => {
    const inbox = { subscriptions: [{ name: "stock.count" }] };
    expect(() => grants.refuseUnheard([inbox])).not.toThrow();
    expect(() => grants.refuseUnheard([])).toThrow(
      "stock.count would hear nothing: give the subscriptions of stock to hear(…) in app.ts",
    );
  });

  it("is what the manifest lists, whether an event is imported, named anew, or heard by a pattern", () => {
    const hearing = (over: Partial<Subscription<never>>) => {
      const handle = () => Promise.resolve();
      const subscription = { name: "money.count", events: [], handle, ...over };
      return grants.register({ ...make("money"), subscriptions: [subscription] });
    };
    const own = defineActionTaken("money");
    expect(() => hearing({ events: [own], patterns: ["*.action-taken.v1"] })).not.toThrow();
    const ungranted = "money.count hears orders.";
    expect(() => hearing({ events: [sold] })).toThrow(ungranted);
    expect(() => hearing({ events: [defineActionTaken("orders")] })).toThrow(ungranted);
    expect(() => hearing({ patterns: ["orders.**"] })).toThrow(ungranted);
    expect(() => hearing({ events: [sold], patterns: ["**"] })).toThrow(
      "add orders to `hears` of money in manifest.ts",
    );
  });
});
