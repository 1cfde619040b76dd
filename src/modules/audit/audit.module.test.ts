// audit on a fresh store of its own.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { createFace, systemPrincipal } from "#platform/http";
import { createModuleDatabase } from "../../platform/db/testing.js";
import { type contract, createAudit, type AuditTables } from "./index.js";

let test: Awaited<ReturnType<typeof createModuleDatabase<AuditTables>>>;
beforeAll(async () => {
  test = await createModuleDatabase<AuditTables>(inject("databaseUrl"), "audit");
});
afterAll(() => test?.close());

describe("Audit", () => {
  it("keeps what is added, newest first", async () => {
    const module = createAudit({ database: test.database, clock: () => new Date() });
    const face = createFace<typeof contract>(module.router, { principal: systemPrincipal });
    const first = await face.add({ label: "first" });
    const second = await face.add({ label: "second" });
    expect((await face.list()).items).toEqual([second, first]);
    await expect(face.add({ label: "" })).rejects.toThrow();
  });
});
