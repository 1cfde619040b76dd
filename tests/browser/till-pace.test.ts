// How the till feels on a large menu: what a tablet loads before it can sell, and how soon a tap is seen.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Browser } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { measureFirstLoad } from "../../src/web/measure.js";
import { buildFolder } from "../../src/web/sources.js";
import { eventually, type TestTiffin } from "../system/tiffin.js";
import { collectEventTimings, expectPrompt, openTill, tile } from "./browser.js";
import { bootWithBrowser, describeInBrowser } from "./describe.js";

const ROOT = resolve(import.meta.dirname, "../..");
const DISHES = 500;

interface Item {
  sku: string;
  name: { en: string; my: string };
}

/** The sample restaurant with 500 dishes in the same six categories. */
async function importLargeMenu({ dataDir }: TestTiffin): Promise<void> {
  const file = JSON.parse(await readFile(join(ROOT, "src/sample/menu.json"), "utf8")) as {
    categories: { items: Item[] }[];
  };
  const each = Math.ceil(DISHES / file.categories.length);
  for (const category of file.categories) {
    const { items } = category;
    category.items = Array.from({ length: each }, (_, index) => {
      const item = items[index % items.length] as Item;
      const round = Math.floor(index / items.length);
      if (round === 0) return item;
      const name = { en: `${item.name.en} ${round}`, my: `${item.name.my} ${round}` };
      return { ...item, name, sku: `${item.sku}-${round}` };
    });
  }
  const path = join(dataDir, "large-menu.json");
  await writeFile(path, JSON.stringify(file));
  await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", join(ROOT, "src/cli/import.ts"), path],
    { cwd: ROOT, env: { ...process.env, DATA_DIR: dataDir } },
  );
}

describeInBrowser("A till with 500 dishes", () => {
  let tiffin: TestTiffin;
  let browser: Browser;
  bootWithBrowser((...started) => ([tiffin, browser] = started));
  beforeAll(async () => {
    await importLargeMenu(tiffin);
    await eventually(
      () => tiffin.cashier.menu(),
      (menu) => menu.length >= DISHES,
    );
  });

  it("loads less than 300 kB before it can sell", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Mohinga").first().waitFor();
    const loaded = await page.evaluate<number>(
      `performance.getEntries().filter(({ entryType, initiatorType }) => entryType === "navigation" || (entryType === "resource" && initiatorType !== "fetch")).reduce((sum, { transferSize }) => sum + transferSize, 0)`,
    );
    const { bytes, limit } = await measureFirstLoad(await buildFolder());
    console.log(`The till loads ${loaded} bytes; by the build's manifest ${bytes} of ${limit}.`);
    expect(bytes).toBeLessThan(limit);
    expect(loaded).toBeGreaterThan(100_000);
    expect(loaded).toBeLessThan(limit);
    await context.close();
  });

  it("shows each tap, key and change of category at once", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const dishes = page.locator("section").getByRole("group").getByRole("button");
    await dishes.first().waitFor();
    const timings = await collectEventTimings(page);
    for (const category of ["Salads", "Snacks", "Sweets", "Rice and curry", "Noodles"]) {
      await page.getByRole("button", { name: category, exact: true }).click();
      for (const index of [0, 1, 2, 3]) await dishes.nth(index).click();
    }
    await page.keyboard.press("/");
    await page.keyboard.type("mohinga 3", { delay: 60 });
    await expect.poll(() => dishes.count()).toBe(1);
    await page.keyboard.press("Enter");
    const line = page.locator("aside li").last();
    for (let times = 0; times < 6; times++) {
      await line.getByRole("button", { name: /^One more/ }).click();
    }
    await expectPrompt(timings, `With ${DISHES} dishes`);
    await context.close();
  });
});
