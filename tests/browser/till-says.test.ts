// What the till says about orders, tables and the server is so, and where it is not known it says that.
import type { Browser, Page } from "playwright-core";
import { expect, it } from "vitest";
import { line, order, type TestTiffin } from "../system/tiffin.js";
import { openTill, tile } from "./browser.js";
import { bootWithBrowser, describeInBrowser } from "./describe.js";

describeInBrowser("What the till says", () => {
  let tiffin: TestTiffin;
  let browser: Browser;
  bootWithBrowser((...started) => ([tiffin, browser] = started));
  const setTables = async (change: (tables: { name: string }[]) => object[]) => {
    const { version, tables } = (await tiffin.manager.get("/api/restaurant/settings")).body;
    const body = { version, tables: change(tables) };
    const answer = await tiffin.manager.send("PUT", "/api/restaurant/tables", body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };
  /** The list of orders as the server tells it, with a change of its first. */
  const retell = (page: Page, change: (order: object) => object) =>
    page.route(/api\/orders\?/, async (route) => {
      const answer = await route.fetch();
      const { items, ...rest } = (await answer.json()) as { items: object[] };
      const [first, ...others] = items;
      await route.fulfill({ json: { ...rest, items: first ? [change(first), ...others] : [] } });
    });
  const sell = async () =>
    expect(
      (await tiffin.cashier.place(order([line(await tiffin.cashier.dish("MSH-01"))]))).status,
    ).toBe(201);

  it("goes on by itself when a store is well again that told nobody", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await page.route("**/api/orders/calculate", (route) =>
      route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        body: JSON.stringify({ type: "/problems/store-unavailable", status: 503, detail: "" }),
      }),
    );
    await tile(page, "Meeshay").click();
    await page.locator("aside").getByText("A database does not answer.").waitFor();
    await page.unroute("**/api/orders/calculate");
    await page.getByRole("button", { name: "Pay 4,200 Ks" }).waitFor();
    await context.close();
  });

  it("says that the chosen table is gone, and lets another or none be chosen", async () => {
    await setTables((tables) => [...tables, { name: "Veranda", seats: 2, area: "" }]);
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Meeshay").click();
    await page.getByLabel("Dine in", { exact: true }).check({ force: true });
    const table = page.getByLabel("Table", { exact: true });
    await table.selectOption("Veranda");
    await setTables((tables) => tables.filter(({ name }) => name !== "Veranda"));
    await expect
      .poll(() => table.locator("option:checked").innerText(), { timeout: 15_000 })
      .toContain("Table gone");
    await table.selectOption("No table");
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByRole("button", { name: /^Exact/ }).click();
    await page.locator(".receipt").getByText("Dine in").waitFor();
    await context.close();
  });

  it("keeps the table on a receipt as it was called, whatever it is called today", async () => {
    const { body } = await tiffin.cashier.get("/api/restaurant");
    const [table] = body.tables;
    const asked = order([line(await tiffin.cashier.dish("MSH-01"))], {
      serviceType: "dine-in",
      tableId: table.id,
    });
    const placed = await tiffin.cashier.place(asked);
    expect(placed.status).toBe(201);
    await setTables((tables) =>
      tables.map((one) => (one.name === table.name ? { ...one, name: "Window" } : one)),
    );
    expect((await tiffin.cashier.get(`/api/orders/${placed.body.id}`)).body).toEqual(placed.body);
    const { page, context } = await openTill(browser, tiffin.url);
    await page.getByRole("button", { name: "Orders" }).click();
    const row = page.getByRole("dialog").locator("li button").first();
    await row.getByText(`Table ${table.name}`).waitFor();
    await row.click();
    await page.locator(".receipt").getByText(`Table ${table.name}`).waitFor();
    await context.close();
  });

  it("says when a note is full, and keeps whole signs only", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Meeshay").click();
    await page
      .locator("aside")
      .getByRole("button", { name: /^Change Meeshay/ })
      .click();
    const sheet = page.getByRole("dialog");
    const note = sheet.getByLabel("Note for the kitchen");
    const full = sheet.getByRole("status").getByText("Full: this takes 200 signs and no more.");
    await note.focus();
    await page.keyboard.insertText("x".repeat(199));
    await page.waitForTimeout(200);
    expect(await full.count()).toBe(0);
    await note.fill("");
    await page.keyboard.insertText(`x${"🍜".repeat(100)}`);
    expect(await note.inputValue()).toBe(`x${"🍜".repeat(99)}`);
    await page.keyboard.insertText("yz");
    await full.waitFor();
    expect(await note.inputValue()).toBe(`x${"🍜".repeat(99)}y`);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByRole("button", { name: /^Exact/ }).click();
    await page.locator(".receipt").waitFor();
    await context.close();
  });

  it("says when no more fits into an order, and why it cannot be paid yet", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await page.route("**/api/orders/calculate", () => undefined);
    const said = page.getByRole("status");
    await tile(page, "Mohinga").click();
    await page.keyboard.press("Control+Enter");
    await said.getByText("The total comes when the server answers.").last().waitFor();
    const water = await tiffin.cashier.dish("WTR-01");
    const lines = Array.from({ length: 100 }, (_, at) => ({
      ...line(water, 999),
      name: water.name,
      note: String(at),
      modifiers: [],
    }));
    const cart = JSON.stringify({ serviceType: "takeaway", lines });
    await page.evaluate(`localStorage.setItem("tiffin.cart", ${JSON.stringify(cart)})`);
    await page.reload();
    const full = said.getByText("No more fits into one order: at most 100 lines");
    await tile(page, "Mohinga").click();
    await full.waitFor();
    expect(await page.locator("aside li").count()).toBe(100);
    await page.getByRole("button", { name: "Drinks" }).click();
    await full.waitFor({ state: "hidden" });
    await context.close();
  });

  it("takes a quantity that is typed, in either script", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Meeshay").click();
    const edit = page.locator("aside").getByRole("button", { name: /^Change Meeshay/ });
    const quantity = page.getByRole("dialog").getByRole("textbox", { name: "Quantity" });
    for (const [typed, total] of [
      ["30", "126,000"],
      ["၁၂", "50,400"],
    ] as const) {
      await edit.click();
      await quantity.fill("");
      expect(await page.getByRole("button", { name: /^Done/ }).isDisabled()).toBe(true);
      await quantity.fill(typed);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: `Pay ${total} Ks` }).waitFor();
    }
    await context.close();
  });

  it("asks what becomes of the food when that is not known any more, before a manager allows it", async () => {
    await sell();
    const { page, context } = await openTill(browser, tiffin.url);
    await page.getByRole("button", { name: "Orders" }).click();
    const dialog = page.getByRole("dialog");
    const row = dialog.locator("li button").first();
    await row.getByText("Waiting").waitFor();
    await row.click();
    await page.getByRole("button", { name: "Cancel order" }).click();
    await page.getByLabel("Typed in wrongly").check();
    await page.getByRole("button", { name: "Ask a manager" }).click();
    const pad = page.getByRole("group", { name: "PIN of Manager" });
    await pad.waitFor();
    // In a rush the lists do not go back far enough any more, and then the kitchen does not answer.
    await page.route(/kitchen.(tickets|orders)/, async (route) => {
      if (route.request().url().includes("/orders/")) return route.abort();
      return route.fulfill({ json: { items: [], nextCursor: "more" } });
    });
    await sell();
    await page.getByText("What becomes of the food?").waitFor({ timeout: 15_000 });
    expect(await page.getByRole("button", { name: "Ask a manager" }).isDisabled()).toBe(true);
    await page.getByLabel("Cooked: waste").check();
    await page.getByRole("button", { name: "Ask a manager" }).click();
    await pad.waitFor();
    await page.keyboard.type("1111");
    await page.keyboard.press("Enter");
    // What is to be given back is said when it is done, and not only before the manager came.
    await dialog.getByRole("status").getByText("Give 4,200 Ks back to the guest.").waitFor();
    await context.close();
  });

  it("does not know what goes back to a guest before the server says it", async () => {
    await sell();
    const { page, context } = await openTill(browser, tiffin.url);
    await page.route(/payments.*refundable|refundable/, () => undefined);
    await page.getByRole("button", { name: "Orders" }).click();
    await page.getByRole("dialog").locator("li button").first().click();
    await page.getByRole("button", { name: "Cancel order" }).click();
    await page.getByText("Give … back to the guest.").waitFor();
    await context.close();
  });

  it("tells the day of an order that is not of today", async () => {
    await sell();
    const { page, context } = await openTill(browser, tiffin.url);
    await retell(page, (one) => ({ ...one, placedAt: "2026-01-31T05:30:00.000Z" }));
    await page.getByRole("button", { name: "Orders" }).click();
    await page.getByRole("dialog").locator("li").first().getByText("31 Jan 12:00").waitFor();
    await context.close();
  });

  it("does not say that money is on its way back which waits for a manager", async () => {
    await sell();
    const { page, context } = await openTill(browser, tiffin.url);
    const at = new Date().toISOString();
    const by = { id: "someone", name: "Manager" };
    await retell(page, (one) => ({
      ...one,
      status: "cancelled",
      payment: { ...(one as { payment: object }).payment, status: "refund-pending" },
      cancellation: {
        reason: "Guest left",
        cancelledAt: at,
        cancelledOn: at.slice(0, 10),
        cancelledBy: by,
        lineItems: [],
        attention: "The card is closed",
      },
    }));
    await page.getByRole("button", { name: "Orders" }).click();
    await page.getByRole("dialog").locator("li button").first().click();
    const status = page.getByRole("dialog").getByRole("status");
    await status.getByText("A manager decides under System, Sagas.").waitFor();
    expect(await status.innerText()).not.toContain("on its way");
    // Nobody tells a cashier when it is back: the till looks by itself.
    await page.unroute(/api\/orders\?/);
    await status.getByText("Waiting").waitFor();
    await context.close();
  });

  it("does not tell the same again every few seconds to who hears it, while there are no live updates", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await page.route("**/api/stream", (route) => route.abort());
    await page.reload();
    const banner = page.getByRole("status").filter({ hasText: "No live updates just now" });
    await banner.getByText(/Last update \d\d:\d\d:\d\d/).waitFor();
    expect(await banner.ariaSnapshot()).not.toContain("Last update");
    await context.close();
  });
});
