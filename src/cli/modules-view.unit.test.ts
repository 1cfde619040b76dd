import { expect, it } from "vitest";
import type { SystemPicture } from "../system/modules-contract.js";
import { renderPicture } from "./modules-view.js";

const module = {
  store: "postgres" as const,
  answers: true,
  tables: [],
  pool: null,
  calls: [],
  hears: [],
  subscriptions: [],
  published: { count: 0, perMinute: 0 },
};

const picture: SystemPicture = {
  at: "2026-11-25T10:00:00.000Z",
  since: "2026-11-25T09:00:00.000Z",
  modules: [
    {
      ...module,
      name: "orders",
      owns: "tiffin_orders",
      tables: [{ name: "orders", rows: 1200, rights: ["select", "insert"] }],
      pool: { max: 16, open: 3, idle: 1, waiting: 2 },
      calls: [{ to: "payments", count: 1234, perMinute: 50 }],
      published: { count: 7, perMinute: 0 },
    },
    {
      ...module,
      name: "kitchen",
      owns: "tiffin_kitchen",
      answers: false,
      hears: [{ from: "orders", count: 9, perMinute: 3, lagMs: null }],
      subscriptions: [{ name: "kitchen.make-tickets", applied: 9 }],
    },
  ],
  layers: [
    { layer: "imports", state: "unknown", at: null, what: "…", how: "npm run a", notes: ["Old."] },
    {
      layer: "roles",
      state: "holds",
      at: "2026-11-25T10:00:00.000Z",
      what: "…",
      how: "b",
      notes: [],
    },
  ],
};

it("draws what is counted since the start and in the last minute, rights, pools and boundaries", () => {
  const text = renderPicture(picture);
  expect(text).toMatch(
    /^orders +Postgres +payments 1,234 \(50\) +– +7 +2 busy, 1 idle of 16, 2 waiting$/m,
  );
  expect(text).toMatch(/^kitchen +Postgres, does not answer +– +orders 9 \(3\)/m);
  expect(text).toMatch(/^tiffin_orders +orders +1,200 +select, insert$/m);
  expect(text).toMatch(/^kitchen\.make-tickets +9$/m);
  expect(text).toMatch(/^\? +imports +never +npm run a$/m);
  expect(text).toMatch(/^✓ +roles +2026-11-25T10:00:00\.000Z +b$/m);
  expect(text).toContain("imports:\n  Old.");
  expect(text).toContain("counted since 2026-11-25T09:00:00.000Z; in brackets");
});
