import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineEvent } from "./events.js";

const Placed = defineEvent("orders.order-placed.v1", {
  key: (data) => data.orderId,
  schema: z.object({ orderId: z.string(), total: z.int() }),
});

describe("an event", () => {
  it("is a fact with id, name, key, time, trace and data, which JSON carries whole", () => {
    const event = Placed.create(
      { orderId: "o1", total: 3500 },
      { trace: "4bf92f3577b34da6a3ce929d0e0e4736", occurredAt: new Date("2030-01-01T00:00:00Z") },
    );
    expect(event).toMatchObject({
      name: "orders.order-placed.v1",
      key: "o1",
      occurredAt: "2030-01-01T00:00:00.000Z",
      trace: "4bf92f3577b34da6a3ce929d0e0e4736",
      data: { orderId: "o1", total: 3500 },
    });
    expect(JSON.parse(JSON.stringify(event))).toEqual(event);
  });

  it("is not published when its data is not what its schema says", () => {
    expect(() => Placed.create({ orderId: "o1", total: 1.5 })).toThrow(z.ZodError);
    expect(() => Placed.create({ orderId: "o1" } as never)).toThrow(z.ZodError);
  });

  it("carries nothing that its schema does not know", () => {
    const data = { orderId: "o1", total: 1, cardNumber: "4242" };
    expect(Placed.create(data).data).toEqual({ orderId: "o1", total: 1 });
  });

  it.each(["order-placed.v1", "orders.order-placed", "orders.OrderPlaced.v1", "orders.placed.v"])(
    "cannot be called %s",
    (name) => {
      const definition = { key: () => "k", schema: z.object({}) };
      expect(() => defineEvent(name, definition)).toThrow("is not an event name");
    },
  );
});
