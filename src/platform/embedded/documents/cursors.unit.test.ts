import { expect, test } from "vitest";
import { decode } from "./codec.js";
import { Cursors } from "./cursors.js";
import { encodeReply } from "./wire.js";

test("a batch of many small documents fits into one reply", () => {
  const cursors = new Cursors();
  const documents = Array.from({ length: 165_000 }, (_, _id) => ({ _id, text: "x".repeat(80) }));
  const { id } = cursors.open({ namespace: "a.b", documents, batchSize: 0 });
  const to = { requestId: 1, legacy: false };
  const reply = encodeReply(to, { cursor: cursors.more(id, "a.b", undefined), ok: 1 });
  const batch = decode(reply.subarray(21))["cursor"].nextBatch as unknown[];
  expect(batch.length).toBeGreaterThan(100_000);
  expect(batch.at(-1)).toEqual(documents[batch.length - 1]);
}, 30_000);
