// Starts and commands that cannot do what they are asked: each says why in one sentence, and leaves nothing behind.
import { createServer } from "node:net";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { join } from "node:path";
import { createProcessFolder, type ProcessFolder } from "./process.js";

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

  it("takes no arguments, and says where its settings are", async () => {
    const { code, output } = await folder.run({}, "src/main.ts", "--port", "4000");
    expect(code).toBe(2);
    expect(output).toMatch(/'--port'[^]*\.env\.example/);
    const asked = await folder.run({}, "src/main.ts", "--help");
    expect(asked.code).toBe(0);
    expect(await folder.leftovers()).toEqual([]);
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
