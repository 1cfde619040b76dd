import { expect, it } from "vitest";
import { readStory, type StoryParts } from "./index.js";

const ORDER = "01a213c9-0444-76a7-8cda-48bc90b57401";
const silent = () => Promise.reject(new Error("The store is away"));
const nothing = () => Promise.resolve({ items: [], nextCursor: null });

const parts = (over: Partial<StoryParts> = {}): StoryParts => ({
  audit: { list: nothing },
  inventory: {
    movements: { byOrder: () => Promise.resolve([]) },
  } as unknown as StoryParts["inventory"],
  orders: {
    get: () => Promise.resolve(undefined),
    sagas: { list: nothing },
  } as unknown as StoryParts["orders"],
  payments: { byOrder: () => Promise.resolve({ refunds: [], attempts: [] }) },
  outboxes: [],
  inboxes: [],
  clock: () => new Date(0),
  ...over,
});
const away = {
  inventory: { movements: { byOrder: silent } } as unknown as StoryParts["inventory"],
};
const barred = {
  payments: {
    byOrder: () =>
      Promise.resolve({
        barred: { at: "2026-11-25T10:00:00.000Z", reason: "Given up" },
        refunds: [],
        attempts: [],
      }),
  },
};

it("tells what the others know where one module does not answer, and names it", async () => {
  const story = await readStory(parts({ ...away, ...barred }), ORDER);
  expect(story?.entries.map(({ title }) => title)).toEqual(["takes no money any more"]);
  expect(story?.missing).toEqual(["stock movements: does not answer now"]);
});

it("does not say that there is nothing when somebody could not be asked", async () => {
  await expect(readStory(parts(away), ORDER)).rejects.toThrow("The store is away");
  expect(await readStory(parts(), ORDER)).toBeUndefined();
});
