// npm run screenshots: pictures of every screen for the README and docs/screenshots, in both languages at two sizes.
// A whole Tiffin on a folder of its own plays a lunch rush first; what it ends, it started.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type upng from "@pdf-lib/upng";
import type { Browser, Page } from "playwright-core";
import { bootTiffin, eventually, line, mmk, order, type TestTiffin } from "../system/tiffin.js";
import { launch, openPage, signIn, SIZES } from "./browser.js";

// Its CommonJS form has the library one level deeper than its types say.
const { default: UPNG } = createRequire(import.meta.url)("@pdf-lib/upng") as {
  default: typeof upng;
};

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "docs/screenshots");
const PHONE = { width: 390, height: 844 };
/** Drawn screens have few colours; with these nothing is seen to be missing, and the files are a third. */
const COLOURS = 128;
const WAITING_TICKETS = 9;

type Size = (typeof SIZES)[number] | typeof PHONE;

interface Camera {
  readonly page: Page;
  readonly tiffin: TestTiffin;
  /** Takes the picture at each size. */
  shoot(name: string, sizes?: readonly Size[]): Promise<void>;
}

const onlyScreens = process.argv.slice(2);

async function save(name: string, png: Buffer): Promise<number> {
  const picture = UPNG.decode(png as unknown as ArrayBuffer);
  const small = UPNG.encode(UPNG.toRGBA8(picture), picture.width, picture.height, COLOURS);
  await writeFile(join(FOLDER, `${name}.png`), new Uint8Array(small));
  return small.byteLength;
}

/** Orders as of a lunch rush: most were served, some wait or cook, one was cancelled, one dish is nearly out. */
async function playLunch(tiffin: TestTiffin): Promise<void> {
  const { manager, cashier, dataDir } = tiffin;
  await playOrders(dataDir, 160);
  const recount = async (sku: string, quantity: number) => {
    const { productId } = await cashier.dish(sku);
    const path = `/api/inventory/products/${productId}/movements`;
    await manager.send("POST", path, { type: "recount", quantity, reason: "Counted at noon" });
  };
  await recount("MTI-01", 0);
  await recount("OHN-01", 4);
  interface Ticket {
    id: string;
    version: number;
    orderId: string;
  }
  const tickets = async () => (await manager.get("/api/kitchen/tickets")).body.items as Ticket[];
  await eventually(tickets, (items) => items.length > 50);
  const all = await tickets();
  const advance = async ({ id, version }: Ticket, to: string) =>
    manager.send("POST", `/api/kitchen/tickets/${id}/advance`, { version, to });
  for (const ticket of all.slice(0, -WAITING_TICKETS)) await advance(ticket, "served");
  const [ready, one, two, , struck] = all.slice(-WAITING_TICKETS);
  if (ready) await advance(ready, "ready");
  if (one) await advance(one, "cooking");
  if (two) await advance(two, "cooking");
  if (struck) {
    const { version } = (await manager.get(`/api/orders/${struck.orderId}`)).body;
    const reason = { reason: "Guest changed their mind", stock: "restock" };
    await manager.send("POST", `/api/orders/${struck.orderId}/cancel`, { version, ...reason });
  }
  // One order with a note, a table and choices, as people order.
  const mohinga = await cashier.dish("MOH-01");
  const choices = [{ code: "hot" }, { code: "boiled-egg" }];
  const { tables } = (await cashier.get("/api/restaurant")).body;
  await cashier.place(
    order([line(mohinga, 2, { modifiers: choices, note: "No coriander" })], {
      serviceType: "dine-in",
      tableId: tables[2].id,
    }),
  );
}

const playOrders = (dataDir: string, count: number) =>
  promisify(execFile)(
    process.execPath,
    ["--import", "tsx", join(ROOT, "src/cli/demo.ts"), "--orders", String(count)],
    { cwd: ROOT, env: { ...process.env, DATA_DIR: dataDir } },
  );

/** The till, from the menu to the receipt. Found by their place, since the words are in two languages. */
async function till({ page, tiffin, shoot }: Camera): Promise<void> {
  const dishes = page.locator("section [role=group] button");
  const dialog = page.getByRole("dialog");
  const pay = page.locator("aside footer button");
  for (const index of [0, 0, 2, 3]) await dishes.nth(index).click();
  await page.locator("aside li").first().locator("button").nth(2).click();
  await dialog.locator("input[type=checkbox]").nth(1).check();
  await dialog.locator("input[type=checkbox]").nth(2).check();
  await shoot("till-choices");
  await dialog.locator("button[type=submit]").click();
  await dialog.waitFor({ state: "hidden" });
  await shoot("till", [...SIZES, PHONE]);
  await pay.click();
  await dialog.locator("[data-note='10000']").click();
  await dialog.locator("[data-note='10000']").click();
  await shoot("till-payment");
  await dialog.locator("section").first().locator("button").last().click();
  await page.locator(".receipt").waitFor();
  await shoot("till-receipt");
  await dialog.locator("section button").first().click();
  await conflict({ page, tiffin, shoot });
  await page.locator("aside header button").last().click();
  await dialog.locator("li").first().waitFor();
  await shoot("till-orders");
}

/** Stock and a price that moved under an open cart; both are put back afterwards. */
async function conflict({ page, tiffin, shoot }: Camera): Promise<void> {
  const { cashier, manager } = tiffin;
  const path = async (sku: string) =>
    `/api/inventory/products/${(await cashier.dish(sku)).productId}`;
  const recount = async (quantity: number) =>
    manager.send("POST", `${await path("SHN-01")}/movements`, {
      type: "recount",
      quantity,
      reason: "Counted",
    });
  const reprice = async (amount: number) => {
    const product = await path("MSH-01");
    const { version } = (await manager.get(product)).body;
    await manager.send("PATCH", product, { version, price: mmk(amount) });
  };
  const dishes = page.locator("section [role=group] button");
  for (const index of [2, 2, 2, 4]) await dishes.nth(index).click();
  await recount(2);
  await reprice(4_500);
  await page.locator("aside li svg").nth(5).waitFor(); // both lines say so
  await page.locator("aside footer button").click();
  await page.getByRole("dialog").locator("li").nth(1).waitFor();
  await shoot("till-conflict");
  await recount(50);
  await reprice(4_000);
  for (const times of [1, 2]) {
    await page.getByRole("dialog").locator("li button:last-of-type").first().click();
    if (times === 2) await page.getByRole("dialog").waitFor({ state: "hidden" });
  }
}

const MANAGER = ["sales", "products", "stock", "menu", "staff", "audit"];
const SYSTEM = ["events", "sagas", "orders", "boundaries"];

/** Charts and lists come by themselves, a moment after the page. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState("load");
  await page.waitForTimeout(1_500);
  await page.locator(".mantine-Loader-root").waitFor({ state: "hidden" });
  await page.waitForTimeout(500);
}

/** Everything behind a manager's sign-in, by its address. */
async function backOffice({ page, tiffin, shoot }: Camera): Promise<void> {
  const visit = async (path: string) => {
    await page.goto(new URL(path, tiffin.url).href);
    await page.locator("main").waitFor();
    await settle(page);
  };
  await visit("/kitchen");
  await shoot("kitchen");
  for (const part of MANAGER) {
    await visit(`/manager/${part}`);
    await shoot(
      `manager-${part}`,
      part === "sales" || part === "stock" ? [...SIZES, PHONE] : SIZES,
    );
  }
  const rush = playOrders(tiffin.dataDir, 80);
  await visit("/system");
  await rush;
  await shoot("system-map");
  for (const part of SYSTEM) {
    await visit(`/system/${part}`);
    if (part === "orders") {
      await page.locator("main a[href*='/orders/'], main li button").first().click();
      await settle(page);
    }
    await shoot(`system-${part}`);
  }
}

async function photograph(browser: Browser, tiffin: TestTiffin, language: "en" | "my") {
  let bytes = 0;
  const session = async (name: string, run: (camera: Camera) => Promise<void>) => {
    const { page, context } = await openPage(browser, tiffin.url, { language });
    await signIn(page, name);
    await page.locator("aside").waitFor();
    await run({
      page,
      tiffin,
      async shoot(name, sizes = SIZES) {
        for (const size of sizes) {
          await page.setViewportSize({ ...size });
          await page.mouse.move(0, 0);
          await page.waitForTimeout(400); // until what moves has come to rest
          const file = `${name}-${language}-${size.width}`;
          bytes += await save(file, await page.screenshot());
          console.log(file);
        }
        await page.setViewportSize({ ...SIZES[0] });
      },
    });
    await context.close();
  };
  const wants = (what: string) => onlyScreens.length === 0 || onlyScreens.includes(what);
  if (wants("till")) await session("Cashier", till);
  if (wants("office")) await session("Manager", backOffice);
  return bytes;
}

await mkdir(FOLDER, { recursive: true });
const tiffin = await bootTiffin({}, { screens: "built" });
const browser = await launch();
try {
  await playLunch(tiffin);
  const bytes =
    (await photograph(browser, tiffin, "en")) + (await photograph(browser, tiffin, "my"));
  console.log(`docs/screenshots: ${(bytes / 1e6).toFixed(1)} MB`);
} finally {
  await browser.close();
  await tiffin.stop();
}
