// The first evening, a power cut, and every wrong start: as processes, with nothing installed.
import { createServer } from "node:net";
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { join } from "node:path";
import { loadConfig } from "#platform/config";
import { startTiffin } from "../../src/start.js";
import { createProcessFolder, type ProcessFolder } from "./process.js";
import { line, order } from "./tiffin.js";

/** Three decimals, tax in the price, and attributes that nobody thought of. */
const dinarMenu = {
  restaurant: {
    name: { en: "Dar" },
    currency: "KWD",
    timeZone: "Asia/Kuwait",
    businessDayStartsAt: "05:00",
    tax: { name: "VAT", rate: "0.05", inclusive: true, validFrom: "2020-01-01" },
  },
  categories: [
    {
      code: "main",
      name: { en: "Main" },
      station: "kitchen",
      items: [
        {
          sku: "MCH-1",
          name: { en: "Machboos" },
          price: 2750,
          stock: 5,
          attributes: { "Größe in cm": 30, "spice $": "mild" },
        },
      ],
    },
  ],
};

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

describe("a command on an empty folder", () => {
  it("imports a restaurant of any currency, and leaves the one-time PIN for somebody to see", async () => {
    const file = join(folder.dataDir, "..", "menu.json");
    await writeFile(file, `\uFEFF${JSON.stringify(dinarMenu)}`); // as Windows saves it
    const imported = await folder.run({}, "src/cli/import.ts", file);
    expect(imported.output).toContain("1 products created");
    expect(imported.code).toBe(0);

    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as { port: number };
    await folder.run({ PORT: String(port) }); // makes a PIN and fails before it is shown
    taken.close();

    const running = await folder.start();
    const pin = /one-time PIN (\d{8})/.exec(running.output())?.[1] ?? "";
    await running.signIn("Manager", pin);
    const other = { ...dinarMenu, restaurant: { ...dinarMenu.restaurant, currency: "EUR" } };
    const [main] = dinarMenu.categories;
    const many = Array.from({ length: 101 }, (_, n) => ({ ...main?.items[0], sku: `MCH-${n}` }));
    for (const items of [main?.items, many]) {
      await writeFile(file, JSON.stringify({ ...other, categories: [{ ...main, items }] }));
      const refused = await folder.run({}, "src/cli/import.ts", file);
      expect(refused.code).toBe(1);
      expect(refused.output).toMatch(/another currency than EUR.*DATA_DIR/);
    }
    await running.end("SIGTERM");
  }, 180_000);
});

describe("a start that cannot be", () => {
  /** Beside the log's own lines, which are JSON. */
  const oneSentence = (output: string) => {
    const said = output.split("\n").filter((each) => each !== "" && !each.startsWith("{"));
    expect(said).toHaveLength(1);
    expect(output).not.toMatch(/ at .*:\d+:\d+/);
    return output;
  };

  it.each([
    ["PORT", "http"],
    ["LOG_LEVEL", "loud"],
    ["DATABASE_URL", "mysql://x"],
    ["MONGODB_URL", "localhost"],
    ["TIFFIN_SAMPEL", "1"],
  ])("names the setting %s=%s", async (name, value) => {
    const { code, output } = await folder.run({ [name]: value });
    expect(code).toBe(1);
    expect(oneSentence(output)).toContain(name);
  });

  it("says that the port is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    const { code, output } = await folder.run({ PORT: String(port) });
    server.close();
    expect(code).toBe(1);
    expect(oneSentence(output)).toMatch(new RegExp(`${port}.*PORT`));
    expect(await folder.leftovers()).toEqual([]);
  }, 90_000);

  it("says that the databases cannot be reached", async () => {
    const postgres = await folder.run({ DATABASE_URL: "postgres://u:p@127.0.0.1:1/x" });
    expect(oneSentence(postgres.output)).toMatch(/PostgreSQL.*DATABASE_URL/);
  }, 90_000);

  it("says that the data folder is a file", async () => {
    await writeFile(folder.dataDir, "");
    const { code, output } = await folder.run();
    expect(code).toBe(1);
    expect(oneSentence(output)).toContain(folder.dataDir);
  });

  it.skipIf(process.getuid?.() === 0)("says that the data folder may not be read", async () => {
    await mkdir(folder.dataDir);
    await chmod(folder.dataDir, 0o000);
    const { code, output } = await folder.run();
    await chmod(folder.dataDir, 0o700);
    expect(code).toBe(1);
    expect(oneSentence(output)).toContain(folder.dataDir);
  });
});
