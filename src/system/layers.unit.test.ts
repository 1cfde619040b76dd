import { describe, expect, it } from "vitest";
import { judgeRecorded, type LayerParts, readLayers } from "./layers.js";

const NOW = "2026-11-25T10:00:00.000Z";
const CHECKED = "2026-11-25T09:00:00.000Z";

const parts: LayerParts = {
  postgres: { findHoles: () => Promise.resolve([]) },
  documents: { findHoles: () => Promise.resolve({ holes: [], notes: [] }) },
  clock: () => new Date(NOW),
  recorded: () =>
    Promise.resolve({
      checks: { imports: { at: CHECKED, passed: true } },
      changedAt: new Date("2026-11-25T08:00:00Z"),
    }),
};
const states = async (over: Partial<LayerParts>) =>
  Object.fromEntries(
    (await readLayers({ ...parts, ...over })).map(({ layer, state, at, notes }) => [
      layer,
      [state, at, ...notes],
    ]),
  );

describe("the layers that keep modules apart", () => {
  it("are each said to hold as of their own last check, and to be unknown without one", async () => {
    expect(await states({})).toEqual({
      imports: ["holds", CHECKED],
      types: ["unknown", null, "Not recorded on this machine."],
      statements: ["unknown", null, "Not recorded on this machine."],
      roles: ["holds", NOW],
      documents: ["holds", NOW],
    });
  });

  it("are broken by what was found, off where roles are shared, unknown where a store is silent", async () => {
    const silent = () => Promise.reject(new Error("gone"));
    const hole = "tiffin_reporting may use the schema orders";
    expect(await states({ postgres: { findHoles: () => Promise.resolve([hole]) } })).toMatchObject({
      roles: ["broken", NOW, hole],
    });
    expect(await states({ postgres: { findHoles: () => Promise.resolve(null) } })).toMatchObject({
      roles: ["off", NOW, expect.stringContaining("DATABASE_ROLES=shared")],
    });
    expect(
      await states({ postgres: { findHoles: silent }, documents: { findHoles: silent } }),
    ).toMatchObject({
      roles: ["unknown", null, expect.anything()],
      documents: ["unknown", null, expect.anything()],
    });
  });
});

describe("a recorded check", () => {
  it("says nothing of source that was changed after it", () => {
    const check = { at: CHECKED, passed: true };
    expect(judgeRecorded(check, new Date(NOW))).toMatchObject({ state: "unknown", at: CHECKED });
    expect(judgeRecorded({ ...check, passed: false }, new Date(0)).state).toBe("broken");
  });
});
