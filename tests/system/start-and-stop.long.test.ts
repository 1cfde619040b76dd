// The first evening and a power cut: as processes, with nothing installed. Wrong starts: wrong-starts.long.test.ts.
import { mkdir, stat, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { join } from "node:path";
import { loadConfig } from "#platform/config";
import { startTiffin } from "../../src/start.js";
import { createProcessFolder, type ProcessFolder } from "./process.js";
import { line, order } from "./tiffin.js";

let folder: ProcessFolder;
beforeEach(async () => {
  folder = await createProcessFolder();
});
afterEach(() => folder.remove());

const until = async (holds: () => Promise<boolean>) => {
  for (let tries = 0; tries < 100; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

describe("starting and stopping", () => {
  it("starts on nothing, finds everything again after SIGTERM and after kill -9, and leaves nothing running", async () => {
    const first = await folder.start();
    expect(first.output()).toMatch(/Tiffin is ready/);
    expect(first.output()).toMatch(/Cashier 2222/);
    expect((await stat(folder.dataDir)).mode & 0o777).toBe(0o700);
    const till = await first.signIn("Cashier", "2222");
    const { body: placed } = await till.place(order([line(await till.dish("MOH-01"))]));
    expect(await first.end("SIGTERM")).toBe(0);
    expect(await folder.leftovers()).toEqual([]);

    const second = await folder.start();
    const again = await second.signIn("Cashier", "2222");
    expect((await again.get(`/api/orders/${placed.id}`)).body).toEqual(placed);
    const { body: another } = await again.place(order([line(await again.dish("MOH-01"))]));
    expect(another.number).toBe(placed.number + 1);
    await second.end("SIGKILL");
    await until(async () => (await folder.leftovers()).length === 0);
    expect(await folder.leftovers()).toEqual([]);

    const third = await folder.start();
    const once = await third.signIn("Cashier", "2222");
    expect((await once.get(`/api/orders/${another.id}`)).body).toEqual(another);
    expect(await third.end("SIGINT")).toBe(0);
    expect(await folder.leftovers()).toEqual([]);
  }, 180_000);

  it("stops what it had begun when something else cannot be started", async () => {
    await mkdir(join(folder.dataDir, "documents", "store"), { recursive: true });
    await writeFile(join(folder.dataDir, "documents", "store", "data.mdb"), "");
    const env = { DATA_DIR: folder.dataDir, PORT: "0", LOG_LEVEL: "silent" };
    const start = startTiffin(loadConfig(env, { cwd: folder.dataDir }));
    await expect(start).rejects.toThrow("is in format 1");
    expect(await folder.leftovers()).toEqual([]);
  }, 90_000);

  it("refuses a second process on the same folder, and names the first", async () => {
    const first = await folder.start();
    const { code, output } = await folder.run();
    expect(code).toBe(1);
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(output).toContain(String(first.child.pid));
    await first.end("SIGTERM");
  }, 120_000);

  it("starts empty with TIFFIN_SAMPLE=0 and shows one manager's one-time PIN", async () => {
    const running = await folder.start({ TIFFIN_SAMPLE: "0" });
    const pin = /one-time PIN (\d{8})/.exec(running.output())?.[1] ?? "";
    const manager = await running.signIn("Manager", pin);
    expect((await manager.get("/api/menu")).status).toBe(403); // until the PIN is changed
    const changed = await manager.send("PUT", "/api/sessions/current/pin", {
      currentPin: pin,
      newPin: "73519",
    });
    expect(changed.status).toBe(200);
    const own = await running.signIn("Manager", "73519");
    expect((await own.get("/api/menu")).status).toBe(409); // no restaurant yet
    await running.end("SIGTERM");
  }, 120_000);
});
