// A counter sale from the first page to the receipt, in both languages, as a cashier does it and by keyboard alone.
import type { Browser, Page } from "playwright-core";
import { expect, it } from "vitest";
import { line, mmk, order, type TestTiffin } from "../system/tiffin.js";
import { createInspection, openPage, openTill, signIn, SIZES, tile } from "./browser.js";
import { bootWithBrowser, describeInBrowser } from "./describe.js";

const WORDS = {
  en: {
    mohinga: "Mohinga",
    edit: "Change Mohinga",
    hot: /Extra hot/,
    done: /^Done/,
    pay: /^Pay/,
    note: /note of 10,000/,
    take: /^Take 10,000/,
    change: "Give change",
    next: "New order",
    total: "Total",
  },
  my: {
    mohinga: "မုန့်ဟင်းခါး",
    edit: "မုန့်ဟင်းခါး ပြင်ရန်",
    hot: /ပိုစပ်/,
    done: /^ပြီးပြီ/,
    pay: /^ငွေချေ/,
    note: /10,000 ကျပ် တန်/,
    take: /^10,000 လက်ခံမည်/,
    change: "ပြန်အမ်းပါ",
    next: "အော်ဒါ အသစ်",
    total: "စုစုပေါင်း",
  },
} as const;

/** Sells a dish and opens the list of orders; its row there. */
async function sellAndLook(page: Page) {
  await tile(page, "Kyay oh").click();
  await page.getByRole("button", { name: /^Pay/ }).click();
  await page.getByRole("button", { name: /^Exact/ }).click();
  await page.getByRole("button", { name: "New order" }).click();
  await page.getByRole("button", { name: "Orders" }).click();
  return page.getByRole("dialog").locator("li button").first();
}

describeInBrowser("A counter sale", () => {
  let tiffin: TestTiffin;
  let browser: Browser;
  bootWithBrowser((...started) => ([tiffin, browser] = started));
  const newest = async () => (await tiffin.cashier.get("/api/orders?limit=1")).body.items[0];
  const count = async () => (await tiffin.cashier.get("/api/orders?limit=100")).body.items.length;

  it.each(["en", "my"] as const)(
    "goes from tiles to a receipt with its change (%s)",
    async (language) => {
      const words = WORDS[language];
      const { page, context, complaints } = await openTill(browser, tiffin.url, { language });
      await expect.poll(() => page.locator("html").getAttribute("lang")).toBe(language);
      await tile(page, words.mohinga).click();
      await tile(page, words.mohinga).click();
      await page.getByRole("button", { name: words.edit }).click();
      await page.getByLabel(words.hot).check();
      await page.getByRole("button", { name: words.done }).click();
      await page.locator("aside dl").getByText("7,350").waitFor(); // 2 × 3,500 and 5 % tax, by the server
      await page.getByRole("button", { name: words.pay }).click();
      await page.getByRole("button", { name: words.note }).click();
      await page.getByRole("button", { name: words.take }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText(words.change).waitFor();
      const text = await dialog.innerText();
      expect(text).toContain("2,650");
      expect(text).toContain("7,350");
      const order = await newest();
      expect(order).toMatchObject({
        status: "placed",
        payment: { method: "cash", tendered: { amount: 10_000 }, change: { amount: 2_650 } },
        lineItems: [{ sku: "MOH-01", quantity: 2, modifiers: [{ code: "hot" }] }],
      });
      expect(text).toContain(String(order.number));
      await page.getByRole("button", { name: words.next }).click();
      expect(await page.locator("aside li").count()).toBe(0);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it("is two clicks from the first page, which shows the sample PIN, and three taps from the dishes", async () => {
    const { page, context } = await openPage(browser, tiffin.url);
    await page.getByRole("button", { name: /^Cashier/ }).click();
    await page.getByRole("button", { name: "Use the sample PIN 2222" }).click();
    const before = await count();
    await tile(page, "Shan khao swe").click();
    await page.getByRole("button", { name: /^Pay 4,200/ }).click();
    await page.getByRole("button", { name: /^Exact/ }).click();
    await page.getByRole("button", { name: "New order" }).click();
    expect(await count()).toBe(before + 1);
    await context.close();
  });

  it("works by keyboard alone, and by either script in the search", async () => {
    const { page, context } = await openPage(browser, tiffin.url);
    const cashier = page.getByRole("button", { name: /^Cashier/ });
    await cashier.waitFor();
    for (let tabs = 0; tabs < 12; tabs++) {
      await page.keyboard.press("Tab");
      if (await cashier.evaluate((button) => button === button.ownerDocument.activeElement)) break;
    }
    await page.keyboard.press("Enter");
    await page.getByRole("group", { name: "PIN of Cashier" }).waitFor();
    await page.keyboard.type("2222");
    await page.keyboard.press("Enter");
    await tile(page, "Mohinga").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("nan gyi");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter"); // nothing is searched for any more: nothing is added
    await page.keyboard.type("လက်ဖက်သုပ်");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Pay 7,875/ }).waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: /^Exact/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("No change to give").waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Tap a dish to start").waitFor();
    expect((await newest()).lineItems.map((line: { sku: string }) => line.sku)).toEqual([
      "NGT-01",
      "LPT-01",
    ]);
    await context.close();
  });

  it("takes any sum of cash that is typed, beside the notes that are tapped", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: "Pay 4,200 Ks" }).click();
    const sheet = page.getByRole("dialog");
    const received = sheet.getByLabel("Received");
    const take = sheet.getByRole("button", { name: /^Take/ });
    // By keyboard alone: whatever has the focus, digits go into the field.
    await expect.poll(() => page.evaluate("document.activeElement.innerText")).toMatch(/^Exact/);
    await page.keyboard.type("4000");
    await sheet.getByText("Still missing").waitFor();
    await page.keyboard.press("Enter");
    expect(await take.isDisabled()).toBe(true);
    // A note is added to what was typed, and what is typed then is the whole sum.
    await sheet.getByRole("button", { name: /note of 500/ }).click();
    expect(await received.inputValue()).toBe("4,500");
    await sheet.getByText("300 Ks").waitFor();
    await received.fill("4,2x0");
    await sheet.getByText("Not an amount. Write it as 3500.").waitFor();
    expect(await take.isDisabled()).toBe(true);
    await received.fill("၄၄၀၀");
    await sheet.getByRole("button", { name: "Take 4,400" }).waitFor();
    await sheet.getByText("200 Ks", { exact: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("Give change").waitFor();
    expect((await newest()).payment).toMatchObject({
      tendered: { amount: 4_400 },
      change: { amount: 200 },
    });
    await context.close();
  });

  it("asks for the choices that a dish must have, and for no more than it may", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await page.getByRole("button", { name: "Drinks" }).click();
    await tile(page, "Milk tea").click();
    const add = page.getByRole("button", { name: "Choose 1 more" });
    expect(await add.isDisabled()).toBe(true);
    await page.getByLabel(/Light and milky/).check();
    await page.getByLabel(/Strong and milky/).check();
    expect(await page.getByLabel(/Light and milky/).isChecked()).toBe(false);
    await page.getByRole("button", { name: /^Add/ }).click();
    await page.locator("aside").getByText("Strong and milky").waitFor();
    await context.close();
  });

  it("takes a card, says why one was declined, and keeps the cart for another try", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const before = await count();
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByRole("button", { name: "Declined" }).click();
    await page.getByText("The card was declined").waitFor();
    expect(await count()).toBe(before);
    await page.getByRole("button", { name: "Back to the order" }).click();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByRole("button", { name: /Charge the card/ }).click();
    await page.getByText("Paid by card").waitFor();
    expect(await count()).toBe(before + 1);
    await context.close();
  });

  it("prints 80 mm of receipt and nothing else, and marks what is printed again", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Mohinga").click();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByRole("button", { name: /^Exact/ }).click();
    const receipt = page.locator(".receipt");
    await receipt.waitFor();
    expect(await receipt.innerText()).not.toContain("COPY");
    await page.emulateMedia({ media: "print" });
    const visible = await page.evaluate<string[]>(
      `[...document.querySelectorAll("body *")].filter((one) => getComputedStyle(one).visibility === "visible" && !one.closest(".receipt")).map((one) => one.tagName)`,
    );
    expect(visible).toEqual([]);
    const box = await receipt.boundingBox();
    expect(Math.round(((box?.width ?? 0) / 96) * 25.4)).toBe(72);
    await page.emulateMedia({ media: "screen" });
    const paper = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    const pages = [...paper.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
    expect(pages).toHaveLength(1);
    expect(Math.round((Number(pages[0]?.[1]) / 72) * 25.4)).toBe(80);
    await page.getByRole("button", { name: "Print" }).click();
    await receipt.getByText("COPY").waitFor();
    await page.getByRole("button", { name: "New order" }).click();
    await page.getByRole("button", { name: "Orders" }).click();
    await page.getByRole("dialog").locator("li button").first().click();
    await receipt.getByText("COPY").waitFor();
    await context.close();
  });

  it("says that an order was served only when it knows what the kitchen has", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    let known = false;
    await page.route(/kitchen.tickets/, (route) => (known ? route.fallback() : undefined));
    const row = await sellAndLook(page);
    await row.waitFor();
    expect(await row.innerText()).not.toContain("Served");
    await row.click();
    await page.getByRole("button", { name: "Cancel order" }).click();
    expect(await page.getByLabel("Cooked: waste").isChecked()).toBe(false);
    known = true;
    await page.reload();
    await page.getByRole("button", { name: "Orders" }).click();
    await row.getByText("Waiting").waitFor();
    await context.close();
  });

  it("says that an order has not reached the kitchen, and presets nothing for its food", async () => {
    const listener = "/api/system/events/subscriptions/kitchen.make-tickets";
    const send = async (what: string) =>
      tiffin.manager.send("POST", `${listener}/${what}`, { reason: "Test" });
    expect((await send("pause")).status).toBe(200);
    const { page, context } = await openTill(browser, tiffin.url);
    try {
      const row = await sellAndLook(page);
      await row.getByText("Not in the kitchen").waitFor();
      await row.click();
      await page.getByRole("button", { name: "Cancel order" }).click();
      expect(await page.getByLabel("Cooked: waste").isChecked()).toBe(false);
      expect(await page.getByLabel("Not cooked: back to stock").isChecked()).toBe(false);
      await page.getByRole("button", { name: "All orders" }).click();
    } finally {
      await send("resume");
    }
    await page.getByRole("dialog").locator("li button").first().getByText("Waiting").waitFor();
    await context.close();
  });

  it("presets waste for the food once the kitchen has begun, also while the form stands open", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const row = await sellAndLook(page);
    await row.getByText("Waiting").waitFor();
    await row.click();
    await page.getByRole("button", { name: "Cancel order" }).click();
    const waste = page.getByLabel("Cooked: waste");
    expect(await waste.isChecked()).toBe(false);
    const { id } = await newest();
    const { tickets } = (await tiffin.manager.get(`/api/kitchen/orders/${id}`)).body;
    const [ticket] = tickets as readonly { id: string; version: number }[];
    const begun = await tiffin.manager.send("POST", `/api/kitchen/tickets/${ticket?.id}/advance`, {
      version: ticket?.version,
      to: "cooking",
    });
    expect(begun.status).toBe(200);
    await expect.poll(() => waste.isChecked(), { timeout: 10_000 }).toBe(true);
    await page.getByLabel("Typed in wrongly").check();
    await page.getByRole("button", { name: "Ask a manager" }).click();
    await page.getByText("Cooked: waste").waitFor(); // what the manager allows
    await context.close();
  });

  it("lists all that is in the kitchen, however many orders came after it", async () => {
    const water = await tiffin.cashier.dish("WTR-01");
    const first = (await tiffin.cashier.place(order([line(water)]))).body;
    for (let batch = 0; batch < 11; batch++)
      await Promise.all(
        Array.from({ length: 10 }, () => tiffin.cashier.place(order([line(water)]))),
      );
    const { page, context } = await openTill(browser, tiffin.url);
    await page.getByRole("button", { name: "Orders" }).click();
    await page.getByRole("button", { name: "In the kitchen" }).click();
    const numbers = page.getByRole("dialog").locator("li b:first-child");
    await numbers.getByText(String(first.number), { exact: true }).waitFor();
    expect(await numbers.count()).toBeGreaterThanOrEqual(111);
    await context.close();
  });

  it("keeps an order open in which somebody works, however many come after it", async () => {
    const water = await tiffin.cashier.dish("WTR-01");
    for (let sold = 0; sold < 20; sold++) await tiffin.cashier.place(order([line(water)]));
    const { page, context } = await openTill(browser, tiffin.url);
    await page.getByRole("button", { name: "Orders" }).click();
    const rows = page.getByRole("dialog").locator("li button");
    await rows.nth(19).click();
    await page.getByRole("button", { name: "Cancel order" }).click();
    await page.getByLabel("Another reason").fill("Left with");
    const read = page.waitForResponse(/api\/orders\?/);
    await tiffin.cashier.place(order([line(water)]));
    await read;
    await page.waitForTimeout(500);
    expect(await page.getByLabel("Another reason").inputValue()).toBe("Left with");
    await context.close();
  });

  it("puts back what was cleared, and never another guest's order", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Kyay oh").click();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("button", { name: "Put back" }).click();
    await page.getByRole("button", { name: "One Kyay oh less" }).waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: "One Meeshay less" }).click();
    await page.getByText("Tap a dish to start").waitFor();
    expect(await page.getByRole("button", { name: "Put back" }).count()).toBe(0);
    await context.close();
  });

  it("is taken back with a manager's PIN in place; the cashier stays signed in", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Kyay oh").click();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByRole("button", { name: /^Exact/ }).click();
    await page.getByRole("button", { name: "New order" }).click();
    const { id, totals } = await newest();
    const refund = { orderId: id, amount: mmk(500), reason: "Cold", key: "cold" };
    expect((await tiffin.manager.send("POST", "/api/payments/refunds", refund)).status).toBe(200);
    await page.getByRole("button", { name: "Orders" }).click();
    await page.getByRole("dialog").locator("li button").first().click();
    await page.getByRole("button", { name: "Cancel order" }).click();
    const rest = (totals.total.amount - 500).toLocaleString("en");
    await page.getByText(`Give ${rest} Ks back to the guest.`).waitFor();
    await page.getByLabel("Typed in wrongly").check();
    await page.getByRole("button", { name: "Ask a manager" }).click();
    await page.getByRole("group", { name: "PIN of Manager" }).waitFor();
    await page.keyboard.type("9999");
    await page.keyboard.press("Enter");
    await page.getByText("The PIN is wrong").waitFor();
    await page.keyboard.type("1111");
    await page.keyboard.press("Enter");
    await page.getByText("Approved by Manager").waitFor();
    expect(await newest()).toMatchObject({
      status: "cancelled",
      cancellation: { reason: "Typed in wrongly", cancelledBy: { name: "Cashier" } },
    });
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: /Signed in: Cashier/ }).waitFor();
    await context.close();
  });

  it("sells on a phone: the order is a bar under the dishes and opens over them", async () => {
    const size = { width: 390, height: 844 };
    const { page, context, complaints } = await openTill(browser, tiffin.url, { size });
    const { found, look } = createInspection(page);
    const aside = page.locator("aside");
    const payButton = aside.getByRole("button", { name: "Pay", exact: true });
    const toggle = aside.locator("button[aria-expanded]");
    await tile(page, "Mohinga").click();
    await tile(page, "Meeshay").click();
    await toggle.getByText("7,875 Ks").waitFor();
    expect(await toggle.innerText()).toContain("2");
    const dish = await tile(page, "Mohinga").boundingBox();
    expect(dish?.width).toBeGreaterThan(340); // nothing stands over it
    expect((await aside.boundingBox())?.height).toBeLessThan(90);
    expect(await page.getByRole("button", { name: "Orders" }).isVisible()).toBe(false);
    await look("dishes");
    await toggle.click();
    await page.getByRole("button", { name: "One Meeshay less" }).click();
    await toggle.getByText("3,675 Ks").waitFor();
    expect(await tile(page, "Meeshay").count()).toBe(0); // what is covered is out of reach
    await look("order");
    expect((await payButton.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await payButton.click();
    await look("payment");
    await page.getByRole("button", { name: /^Exact/ }).click();
    await page.getByText("No change to give").waitFor();
    await look("receipt");
    await page.getByRole("button", { name: "New order" }).click();
    // The next guest begins with the dishes.
    await tile(page, "Mohinga").waitFor();
    expect(await toggle.getAttribute("aria-expanded")).toBe("false");
    expect(await payButton.isDisabled()).toBe(true);
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(SIZES)(
    "has no fault that axe can find and no sideways scroll at $width × $height",
    async (size) => {
      const { page, context, complaints } = await openPage(browser, tiffin.url, { size });
      const { found, look } = createInspection(page);
      await page.getByRole("button", { name: /^Cashier/ }).waitFor();
      await look("door");
      await page.getByRole("button", { name: /^Cashier/ }).click();
      await look("PIN pad");
      await page.getByRole("button", { name: "Somebody else" }).click();
      await signIn(page, "Cashier");
      await tile(page, "Mohinga").click();
      await look("till");
      await page.getByRole("button", { name: "Dark" }).click();
      await look("till, dark");
      await page.getByRole("button", { name: "မြန်မာဘာသာသို့" }).click();
      await look("till, Burmese");
      await page.getByRole("button", { name: "Switch to English" }).click();
      await page.getByRole("button", { name: "Change Mohinga" }).click();
      await look("choices, dark");
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("button", { name: /^Pay/ }).click();
      await look("payment, dark");
      await page.getByRole("button", { name: /^Exact/ }).click();
      await page.getByText("No change to give").waitFor();
      await look("receipt, dark");
      await page.getByRole("button", { name: "New order" }).click();
      await page.getByRole("button", { name: "Light" }).click();
      await page.getByRole("button", { name: "Orders" }).click();
      await page.getByRole("dialog").locator("li button").first().waitFor();
      await look("orders");
      await page.getByRole("dialog").locator("li button").first().click();
      await page.getByRole("button", { name: "Cancel order" }).click();
      await look("cancelling");
      expect(found).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});
