// What is asked of inboxes and outboxes, and what is made of their answers.
import { describe, expect, it } from "vitest";
import { defineEvent, type EventEnvelope } from "#platform/kernel";
import { z } from "zod";
import { createEvents, type SystemInbox, type SystemOutbox } from "./events.js";

const Changed = defineEvent("shop.stock-changed.v1", {
  key: () => "stock",
  schema: z.object({ reason: z.string() }),
});

function startWith(event: EventEnvelope) {
  const listener = (name: string, ignores: (event: EventEnvelope) => boolean) => ({
    name,
    patterns: [Changed.name],
    events: [Changed.name],
    ignores,
  });
  const inbox: Partial<SystemInbox> = {
    subscriptions: [
      listener("shop.all", () => false),
      listener("shop.sold", ({ data }) => (data as { reason: string }).reason !== "sold"),
    ],
    list: () => Promise.resolve([]),
    deliveries: () => Promise.resolve([]),
  };
  const outbox: Partial<SystemOutbox> = {
    publisher: "shop",
    find: () => Promise.resolve([{ event, delivered: true }]),
    status: () => Promise.resolve({ subscriptions: [] } as never),
  };
  return createEvents({
    outboxes: [outbox as SystemOutbox],
    inboxes: [inbox as SystemInbox],
    flow: { ofSubscription: () => ({}) as never },
    clock: () => new Date(),
  });
}

describe("an event that a subscription ignores", () => {
  it.each([
    ["reserved", "ignored"],
    ["sold", "unrecorded"],
  ])("because it was %s is shown there as %s", async (reason, status) => {
    const event = Changed.create({ reason });
    const detail = await startWith(event).get(event.id);
    expect(detail?.deliveries).toMatchObject([
      { subscription: "shop.all", status: "unrecorded" },
      { subscription: "shop.sold", status },
    ]);
  });
});
