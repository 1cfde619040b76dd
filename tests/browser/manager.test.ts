// The back office in a real Chromium: what an owner does at midnight, with each change seen where it counts.
import type { Browser } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { eventually, line, mmk, order, type TestTiffin } from "../system/tiffin.js";
import { backOffice, dialogGone, openRow, PARTS, row } from "./back-office.js";
import { createInspection, openTill, tile } from "./browser.js";
import { bootWithBrowser, describeInBrowser } from "./describe.js";

const PHONE = { width: 390, height: 844 };
/** One transparent pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

describeInBrowser("The back office", () => {
  let tiffin: TestTiffin;
  let browser: Browser;
  bootWithBrowser((...started) => ([tiffin, browser] = started));
  beforeAll(async () => {
    const mohinga = await tiffin.cashier.dish("MOH-01");
    const placed = await tiffin.cashier.place(order([line(mohinga, 2)]));
    expect(placed.status).toBe(201);
    await eventually(
      async () => (await tiffin.manager.get("/api/reports/today")).body.totals.orders as number,
      (orders) => orders === 1,
    );
  });

  const { openManager, go } = backOffice(() => ({ browser, url: tiffin.url }));
  const mohingaNow = async () =>
    (await tiffin.manager.get("/api/inventory/products?q=MOH-01")).body.items[0];

  it("changes a price, which list, server and an open till then show", async () => {
    const { page, context, complaints } = await openManager();
    const till = await openTill(browser, tiffin.url);
    await go(page, "products");
    await openRow(page, "Shan khao swe");
    await page.getByLabel("Price").fill("၄,၄၀၀");
    await page.getByRole("button", { name: "Save" }).click();
    await dialogGone(page);
    await row(page, "Shan khao swe").getByText("4,400").waitFor();
    await tile(till.page, "Shan khao swe").getByText("4,400").waitFor();
    const { body } = await tiffin.manager.get("/api/inventory/products?q=SHN-01");
    expect(body.items[0]).toMatchObject({ price: { amount: 4_400 }, version: 2 });
    expect([...complaints, ...till.complaints]).toEqual([]);
    await Promise.all([context.close(), till.context.close()]);
  });

  it("changes an attribute by the schema's own form and nothing else, and keeps what others changed", async () => {
    const { page, context } = await openManager();
    const before = await mohingaNow();
    await go(page, "products");
    await openRow(page, "Mohinga");
    await page.getByLabel("Certificate").fill("TEST-1");
    const { id, version } = before;
    await tiffin.manager.send("PATCH", `/api/inventory/products/${id}`, {
      version,
      lowStockAt: 21,
    });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").getByText("Somebody else changed this").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    await dialogGone(page);
    const { halal, ...others } = before.attributes;
    expect(await mohingaNow()).toMatchObject({
      lowStockAt: 21,
      price: before.price,
      attributes: { ...others, halal: { ...halal, certificate: "TEST-1" } },
    });
    await context.close();
  });

  it("gives a dish a photo, made small on the way, that the till shows", async () => {
    const { page, context, complaints } = await openManager();
    await go(page, "products");
    await openRow(page, "Mohinga");
    await page.locator("input[type=file]").setInputFiles({
      name: "note.txt",
      mimeType: "text/plain",
      buffer: Buffer.from("no picture"),
    });
    await page.getByText("no picture that can be read").waitFor();
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "bowl.png", mimeType: "image/png", buffer: PNG });
    await page.getByRole("img", { name: "Photo" }).waitFor();
    const { id, photo } = await mohingaNow();
    const served = await tiffin.cashier.get(`/api/inventory/photos/${id}/${photo}`);
    expect(served.status).toBe(200);
    expect(served.headers.get("cache-control")).toContain("immutable");
    expect(served.headers.get("content-type")).toMatch(/^image\/(webp|jpeg)$/);
    const till = await openTill(browser, tiffin.url);
    await expect
      .poll(() =>
        tile(till.page, "Mohinga")
          .locator("img")
          .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      )
      .toBe(720);
    expect([...complaints, ...till.complaints]).toEqual([]);
    await Promise.all([context.close(), till.context.close()]);
  });

  it("restocks with a reason, shows the movement, and says when there is not that much to waste", async () => {
    const { page, context } = await openManager();
    const { stock } = await mohingaNow();
    await go(page, "stock");
    await openRow(page, "Mohinga");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("How many came in").fill("12");
    await dialog.getByText(`${stock.onHand} → ${stock.onHand + 12}`).waitFor();
    await dialog.getByRole("button", { name: "Delivery" }).click();
    await dialog.getByRole("button", { name: "Record" }).click();
    await dialog.locator("li").filter({ hasText: "+12" }).getByText("Delivery").waitFor();
    await dialog.getByRole("button", { name: "Waste" }).click();
    await dialog.getByLabel("How many were lost").fill("5000");
    await dialog.getByRole("button", { name: "Dropped" }).click();
    await dialog.getByRole("button", { name: "Record" }).click();
    await dialog.getByText(`Only ${stock.onHand + 12} are left`).waitFor();
    await dialog.getByRole("button", { name: "Sold out now (86)" }).click();
    await row(page, "Mohinga").getByText("Sold out").waitFor();
    expect((await mohingaNow()).stock).toMatchObject({ onHand: 0, available: 0 });
    await context.close();
  });

  it("takes a dish off sale whatever orders held of it when the page was read", async () => {
    const { page, context } = await openManager();
    await page.route("**/api/inventory/products?**", async (route) => {
      const response = await route.fetch();
      const { items, nextCursor } = await response.json();
      const asHeld = items.map(({ stock, ...product }: { stock: { onHand: number } | null }) => ({
        ...product,
        stock: stock && { ...stock, reserved: 1, available: stock.onHand - 1 },
      }));
      await route.fulfill({ response, json: { items: asHeld, nextCursor } });
    });
    await go(page, "stock");
    await openRow(page, "Nan gyi thoke");
    await page.getByRole("button", { name: "Sold out now (86)" }).click();
    await page.getByRole("dialog").locator("li").filter({ hasText: "Sold out (86)" }).waitFor();
    const { body } = await tiffin.manager.get("/api/inventory/products?q=NGT-01");
    expect(body.items[0].stock).toEqual({ onHand: 0, reserved: 0, available: 0 });
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
  });

  it("says why a sheet or a list of devices does not come", async () => {
    const { page, context } = await openManager();
    await page.route(/api\/(devices|inventory\/products\/)/, (route) =>
      route.fulfill({
        status: 500,
        contentType: "application/problem+json",
        body: JSON.stringify({ type: "/problems/internal-error", status: 500, detail: "" }),
      }),
    );
    const why = page.getByText("Something went wrong on the server");
    await go(page, "staff");
    await why.waitFor();
    await go(page, "menu");
    await page
      .locator("tbody tr")
      .first()
      .getByRole("button", { name: /left|Sold out/ })
      .click();
    await page.getByRole("dialog").filter({ has: why }).waitFor();
    await context.close();
  });

  it("shows what was recorded of a product that is no longer low", async () => {
    const { page, context } = await openManager();
    const dialog = page.getByRole("dialog");
    const { body } = await tiffin.manager.get("/api/inventory/products?q=OHN-01");
    const { id, version, stock } = body.items[0];
    const lowStockAt = stock.onHand + 5;
    await tiffin.manager.send("PATCH", `/api/inventory/products/${id}`, { version, lowStockAt });
    await go(page, "stock");
    await page.getByRole("button", { name: "Low or sold out" }).click();
    await openRow(page, "Ohn no khao swe");
    await dialog.getByLabel("How many came in").fill("40");
    await dialog.getByRole("button", { name: "Record" }).click();
    await row(page, "Ohn no khao swe").waitFor({ state: "detached" });
    await dialog.getByText(`On hand: ${stock.onHand + 40}`).waitFor();
    await context.close();
  });

  it("counts above the list what is sold out, as it happens", async () => {
    const { page, context } = await openManager();
    await go(page, "stock");
    const figure = page.locator("dl > div", { hasText: "Sold out" }).locator("dd");
    await expect.poll(() => figure.innerText()).toMatch(/^\d+$/);
    const before = Number(await figure.innerText());
    const { productId } = await tiffin.cashier.dish("MTI-01");
    const path = `/api/inventory/products/${productId}/movements`;
    const body = { type: "recount", quantity: 0, reason: "test" };
    expect((await tiffin.manager.send("POST", path, body)).status).toBe(201);
    await expect
      .poll(async () => Number(await figure.innerText()), { timeout: 15_000 })
      .toBe(before + 1);
    await context.close();
  });

  it("leads from a figure to its orders and their lines, one click each", async () => {
    const { page, context, complaints } = await openManager();
    await go(page, "sales");
    await openRow(page, "Mohinga");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("7,000 Ks").waitFor();
    await dialog.locator("tbody").getByRole("button").click();
    await dialog.getByText("2 ×").waitFor();
    await dialog.getByText("7,350 Ks").waitFor();
    await page.keyboard.press("Escape");
    await dialogGone(page);
    // The same figure by hour, by keyboard, as a column and as a table.
    const column = page.getByRole("button", { name: /: 7,000 Ks, Orders: 1/ });
    await column.focus();
    await page.keyboard.press("Enter");
    await dialog.locator("tbody").getByRole("button").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "As a table" }).click();
    await page.getByRole("region", { name: "By hour" }).getByText("7,000").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("counts payments whatever part of them went back, also where nothing but that happened", async () => {
    const { page, context } = await openManager();
    const [{ id }] = (await tiffin.manager.get("/api/orders")).body.items;
    const refund = { orderId: id, amount: mmk(350), reason: "Cold", key: "cold" };
    const { status } = await tiffin.manager.send("POST", "/api/payments/refunds", refund);
    expect(status).toBe(200);
    await go(page, "sales");
    await row(page, "Cash").getByText("7,000").waitFor();
    expect(await row(page, "Cash").locator("td").first().innerText()).toBe("1");
    // The tile above says what was sold; this is what is left of the money.
    await page.locator("dl > div", { hasText: "Sold in all" }).getByText("7,350 Ks").waitFor();
    await page.getByText("7,350 Ks taken, 350 Ks given back: 7,000 Ks remain").waitFor();
    await openRow(page, "Cash");
    const dialog = page.getByRole("dialog");
    await dialog.locator("tbody").getByRole("button").first().click();
    await dialog
      .locator("tr", { hasText: "Given back" })
      .getByText("350 Ks", { exact: true })
      .waitFor();
    await page.keyboard.press("Escape");
    await dialogGone(page);
    await page.route(/reports\/sales\?.*by=(?!method)/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), rows: [] } });
    });
    await page.reload();
    await row(page, "Cash").getByText("7,000").waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await go(page, "audit");
    await openRow(page, "Gave money back");
    await dialog.getByRole("link", { name: "The order's whole story" }).click();
    await page.waitForURL(`**/system/orders/${id}`);
    await context.close();
  });

  it("adds somebody, signs them out, and archives them; the audit log has it and is sound", async () => {
    const { page, context } = await openManager();
    await go(page, "staff");
    await page.getByRole("button", { name: "Add a person" }).click();
    await page.getByLabel("Name").fill("Thiri");
    await page.getByLabel("PIN for the first sign-in").fill("1234");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").getByText("too easy to guess").waitFor();
    await page.getByLabel("PIN for the first sign-in").fill("8642");
    await page.getByRole("button", { name: "Save" }).click();
    await dialogGone(page);
    const thiri = await tiffin.signIn("Thiri", "8642");
    await openRow(page, "Thiri");
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByText("was signed out. Screens: 1").waitFor();
    await dialogGone(page);
    expect((await thiri.get("/api/sessions/current")).status).toBe(401);
    await openRow(page, "Thiri");
    await page.getByRole("button", { name: "Archive", exact: true }).click();
    await dialogGone(page);
    expect(await row(page, "Thiri").count()).toBe(0);
    await go(page, "audit");
    await row(page, "Archived a person").getByText("Thiri").waitFor();
    await page.getByRole("button", { name: "Check the log" }).click();
    await page.getByText("as it was written").waitFor();
    await context.close();
  });

  it("moves a dish on the menu and changes its choices", async () => {
    const { page, context } = await openManager();
    await go(page, "menu");
    await page.getByRole("button", { name: "Ohn no khao swe: one up" }).click();
    await expect
      .poll(async () => (await tiffin.cashier.menu()).slice(0, 2).map(({ sku }) => sku))
      .toEqual(["OHN-01", "MOH-01"]);
    await openRow(page, "Ohn no khao swe");
    await page.getByLabel("Fritters").check();
    await page.getByRole("button", { name: "Save" }).click();
    await dialogGone(page);
    const groups = (await tiffin.cashier.dish("OHN-01")).modifierGroups.map(({ code }) => code);
    expect(groups).toContain("fritter");
    await context.close();
  });

  it("gives the focus back to what opened a dialog, and leaves it on what moves a dish", async () => {
    const { page, context } = await openManager();
    const focused = () => page.evaluate<string>("document.activeElement.textContent");
    for (const part of ["products", "staff"] as const) {
      await go(page, part);
      const opener = page.locator("tbody button").first();
      const name = await opener.innerText();
      for (const close of ["Escape", "Close"]) {
        await opener.focus();
        await page.keyboard.press("Enter");
        await page.getByRole("dialog").waitFor();
        if (close === "Escape") await page.keyboard.press(close);
        else await page.getByRole("dialog").getByLabel(close).click();
        await dialogGone(page);
        await expect.poll(focused, { timeout: 15_000 }).toBe(name);
      }
    }
    await go(page, "menu");
    const down = page.getByRole("button", { name: "Meeshay: one down" });
    const placeOf = async () =>
      (await tiffin.cashier.menu()).findIndex(({ sku }) => sku === "MSH-01");
    const before = await placeOf();
    await down.focus();
    await page.keyboard.press("Enter");
    await expect.poll(placeOf, { timeout: 15_000 }).toBe(before + 1);
    await page.waitForTimeout(1_000);
    expect(await page.evaluate("document.activeElement.ariaLabel")).toBe("Meeshay: one down");
    await context.close();
  });

  it("keeps the figure above its orders in step with them while they are looked at", async () => {
    const { page, context } = await openManager();
    const dish = await tiffin.cashier.dish("OHN-01");
    const sell = async () =>
      expect((await tiffin.cashier.place(order([line(dish)]))).status).toBe(201);
    await sell();
    await go(page, "sales");
    await openRow(page, "Ohn no khao swe");
    const dialog = page.getByRole("dialog");
    const rows = dialog.locator("tbody tr");
    const figure = dialog.locator("p").first();
    await expect.poll(() => rows.count()).toBe(1);
    const one = await rows.locator("td").last().innerText();
    expect(await figure.innerText()).toBe(`${one} Ks`);
    await sell();
    await expect.poll(() => rows.count(), { timeout: 15_000 }).toBe(2);
    const two = (2 * Number(one.replace(",", ""))).toLocaleString("en");
    await expect.poll(() => figure.innerText()).toBe(`${two} Ks`);
    await context.close();
  });

  it("marks no day over the figures of another before it knows which day it is", async () => {
    const { page, context } = await openManager();
    await page.route("**/api/reports/**", () => undefined);
    await go(page, "sales");
    const chip = (name: string) => page.getByRole("button", { name, exact: true });
    await chip("Yesterday").click();
    expect(await chip("Today").getAttribute("aria-pressed")).toBe("true");
    expect(await chip("Yesterday").getAttribute("aria-pressed")).toBe("false");
    await page.unroute("**/api/reports/**");
    await context.close();
  });

  it("can be used by everybody: axe finds nothing, and nothing is cut off, in both languages and on a phone", async () => {
    const faults: string[] = [];
    for (const [language, size] of [
      ["en", { width: 1280, height: 800 }],
      ["my", PHONE],
    ] as const) {
      const { page, context, complaints } = await openManager({ language, size });
      const inspection = createInspection(page);
      for (const part of PARTS) {
        await go(page, part);
        await page.locator("tbody tr").first().waitFor();
        await inspection.look(`${part} ${language}`);
        await page.locator("tbody button").first().click();
        await page.getByRole("dialog").waitFor();
        await inspection.look(`${part} dialog ${language}`);
      }
      faults.push(...inspection.found, ...complaints);
      await context.close();
    }
    expect(faults).toEqual([]);
  });

  // The last one: the sample's PIN is gone after it.
  it("changes one's own PIN with the one that one has, and only so", async () => {
    const { page, context } = await openManager();
    const type = async (step: string, pin: string) => {
      await page.getByRole("group", { name: step }).waitFor();
      await page.keyboard.type(pin);
      await page.keyboard.press("Enter");
    };
    await go(page, "staff");
    await openRow(page, "Manager");
    expect(await page.getByRole("dialog").getByLabel(/PIN/).count()).toBe(0);
    await page.getByRole("button", { name: "Change my PIN" }).click();
    for (const now of ["1112", "1111"]) {
      await type("The PIN that you have", now);
      await type("A PIN of your own", "75319");
      await type("The same PIN again", "75319");
      if (now === "1112") await page.getByRole("dialog").getByText("PIN is wrong").waitFor();
    }
    await dialogGone(page);
    expect((await tiffin.signIn("Manager", "75319")).token).toBeTruthy();
    await context.close();
  });
});
