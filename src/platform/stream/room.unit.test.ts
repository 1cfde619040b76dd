// How many screens may listen: nobody takes the places of all others.
import { expect, it } from "vitest";
import { range } from "../outbox/testing.js";
import { createStream, type Listener, type Sink } from "./index.js";

const sink: Sink = {
  write: () => true,
  waiting: () => 0,
  onDrain: () => undefined,
  onClose: () => undefined,
  end: () => undefined,
  destroy: () => undefined,
};
const personWith = (id: string, sessionId: string): Listener => ({
  id,
  sessionId,
  permissions: new Set(),
});

it("leaves room for the others, however often one person signs in", async () => {
  const stream = createStream({
    sources: [],
    show: () => undefined,
    signals: undefined,
    recheck: () => Promise.resolve(new Map()),
    logger: { warn: () => undefined },
    metrics: { counter: () => undefined, gauge: () => undefined },
  });
  const open = (listener: Listener) => {
    if (!stream.hasRoom(listener)) return;
    stream.open(sink, { listener, topics: undefined, lastEventId: undefined });
  };
  for (const session of range(1, 20))
    for (const _ of range(1, 25)) open(personWith("cashier", `session-${session}`));
  expect(stream.status().clients).toBe(100);
  expect(stream.hasRoom(personWith("cashier", "one-more"))).toBe(false);
  expect(stream.hasRoom(personWith("kitchen", "screen"))).toBe(true);
  await stream.stop();
});
