// What goes wrong in a lunch rush, seen from the till: lost answers, reloads, double taps, stock and prices that move,
// a server that dies. Whatever happens, one cart becomes one order.
import type { Browser, Page, Request } from "playwright-core";
import { expect, it } from "vitest";
import { createProcessFolder } from "../system/process.js";
import { mmk, type TestTiffin } from "../system/tiffin.js";
import { middleOf, openTill, signIn, tile } from "./browser.js";
import { bootWithBrowser, describeInBrowser } from "./describe.js";

const NOT_SENT = "Not sent yet — do not ask the kitchen to cook. Retrying…";

/** Counter sale up to the last tap. */
async function chargeFor(page: Page, dish: string): Promise<void> {
  await tile(page, dish).click();
  await page.getByRole("button", { name: /^Pay/ }).click();
  await page.getByRole("button", { name: /^Exact/ }).waitFor();
}

/** The keys under which orders leave this page. */
function watchKeys(page: Page): string[] {
  const keys: string[] = [];
  page.on("request", (request: Request) => {
    if (request.method() === "POST" && request.url().endsWith("/api/orders"))
      keys.push(request.headers()["idempotency-key"] ?? "none");
  });
  return keys;
}

describeInBrowser("A till in trouble", () => {
  let tiffin: TestTiffin;
  let browser: Browser;
  bootWithBrowser((...started) => ([tiffin, browser] = started));
  const count = async () => (await tiffin.cashier.get("/api/orders?limit=100")).body.items.length;
  const recount = async (sku: string, quantity: number) => {
    const { productId } = await tiffin.cashier.dish(sku);
    const path = `/api/inventory/products/${productId}/movements`;
    const answer = await tiffin.manager.send("POST", path, {
      type: "recount",
      quantity,
      reason: "test",
    });
    expect(answer.status).toBe(201);
  };
  const reprice = async (sku: string, amount: number) => {
    const { productId } = await tiffin.cashier.dish(sku);
    const path = `/api/inventory/products/${productId}`;
    const { version } = (await tiffin.manager.get(path)).body;
    const answer = await tiffin.manager.send("PATCH", path, { version, price: mmk(amount) });
    expect(answer.status).toBe(200);
  };

  it("places one order when the answer is lost after the server committed", async () => {
    const { page, context, complaints } = await openTill(browser, tiffin.url);
    const before = await count();
    const keys = watchKeys(page);
    let lost = 0;
    await page.route("**/api/orders", async (route) => {
      if (route.request().method() !== "POST" || lost === 2) return route.fallback();
      lost += 1;
      await route.fetch(); // the server has it, and the till never hears of it
      return route.abort("connectionreset");
    });
    await chargeFor(page, "Shan khao swe");
    await page.getByRole("button", { name: /^Exact/ }).click();
    const warning = page.getByRole("alert").filter({ hasText: NOT_SENT });
    await warning.waitFor();
    expect(await count()).toBe(before + 1);
    expect(await page.locator(".receipt").count()).toBe(0);
    await page.locator(".receipt").getByText("Shan khao swe").waitFor();
    expect(await count()).toBe(before + 1);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("goes on by itself after a reload in the middle, and shows the receipt until it was seen", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const before = await count();
    const keys = watchKeys(page);
    let held = false;
    await page.route("**/api/orders", async (route) => {
      if (route.request().method() !== "POST" || held) return route.fallback();
      held = true;
      await route.fetch();
      return undefined; // never answered: the page is loaded anew while it waits
    });
    await chargeFor(page, "Meeshay");
    await page.getByRole("button", { name: /^Exact/ }).click();
    await expect.poll(count).toBe(before + 1);
    await page.reload();
    await page.locator(".receipt").getByText("Meeshay").waitFor();
    await page.reload();
    await page.locator(".receipt").getByText("Meeshay").waitFor();
    await page.getByRole("button", { name: "New order" }).click();
    expect(await page.locator("aside li").count()).toBe(0);
    expect(await count()).toBe(before + 1);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    await context.close();
  });

  it("takes a double tap as one tap, wherever the second one lands", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await page.evaluate("window.print = () => document.body.setAttribute('data-printed', '')");
    const before = await count();
    const keys = watchKeys(page);
    await tile(page, "Kyay oh").click();
    await page.getByRole("button", { name: /^Pay 7,350/ }).dblclick();
    await page.getByRole("button", { name: /note of 10,000/ }).click();
    const take = page.getByRole("button", { name: /^Take 10,000/ });
    const [x, y] = await middleOf(take);
    await take.dblclick();
    await page.mouse.click(x, y); // nervous: once more, while the receipt appears
    await page.getByText("Give change").waitFor();
    expect(await page.locator("body[data-printed]").count()).toBe(0);
    expect(await count()).toBe(before + 1);
    expect(keys).toHaveLength(1);
    await context.close();
  });

  it("names the dish and both numbers when two tills want the last portions, and takes nothing", async () => {
    await recount("OHN-01", 3);
    const [one, two] = await Promise.all([
      openTill(browser, tiffin.url),
      openTill(browser, tiffin.url),
    ]);
    const before = await count();
    for (const { page } of [one, two]) {
      await tile(page, "Ohn no khao swe").click();
      await tile(page, "Ohn no khao swe").click();
      await page.getByRole("button", { name: /^Pay 9,450/ }).click();
    }
    // Both see the payment; the first to tap has them.
    await one.page.getByRole("button", { name: /^Exact/ }).click();
    await one.page.locator(".receipt").waitFor();
    await two.page.getByRole("button", { name: /^Exact/ }).click();
    const sheet = two.page.getByRole("dialog");
    await sheet.getByText("Only 1 Ohn no khao swe left, you have 2.").waitFor();
    await sheet.getByText("No money was taken.").waitFor();
    expect(await count()).toBe(before + 1);
    await sheet.getByRole("button", { name: "Make it 1" }).click();
    await two.page.getByRole("button", { name: /^Pay 4,725/ }).click();
    await two.page.getByRole("button", { name: /^Exact/ }).click();
    await two.page.locator(".receipt").waitFor();
    expect(await count()).toBe(before + 2);
    await one.page.getByRole("button", { name: "New order" }).click();
    await tile(one.page, "Ohn no khao swe").getByText("Sold out").waitFor();
    await Promise.all([one.context.close(), two.context.close()]);
  });

  it("hears at once that stock ran short, keeps the cart, and lets a person decide", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const dish = tile(page, "Rakhine mont ti");
    for (let times = 0; times < 3; times++) await dish.click();
    await recount("MTI-01", 2);
    await dish.getByText("2 left").waitFor();
    await page.locator("aside").getByText("Only 2 left").waitFor();
    await page.getByRole("button", { name: /^Pay/ }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByText("Only 2 Rakhine mont ti left, you have 3.").waitFor();
    await sheet.getByRole("button", { name: "Make it 2" }).click();
    await page.getByRole("button", { name: /^Pay 7,350/ }).waitFor();
    await recount("MTI-01", 0);
    await dish.getByText("Sold out").waitFor();
    expect(await dish.getAttribute("aria-disabled")).toBe("true");
    await page.getByRole("button", { name: /^Pay/ }).click();
    await sheet.getByText("No Rakhine mont ti left, you have 2.").waitFor();
    await sheet.getByRole("button", { name: "Remove" }).click();
    expect(await page.locator("aside li").count()).toBe(0);
    await dish.click({ force: true });
    await page.getByRole("status").getByText("Rakhine mont ti: Sold out").waitFor();
    expect(await page.locator("aside li").count()).toBe(0);
    await context.close();
  });

  it("keeps the price that the guest saw until the new one is taken", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Nan gyi thoke").click();
    await page.getByRole("button", { name: /^Pay 4,200/ }).waitFor();
    await reprice("NGT-01", 4_500);
    const line = page.locator("aside li").filter({ hasText: "Nan gyi thoke" });
    await line.getByText("The price is now 4,500").waitFor();
    expect(await line.innerText()).toContain("4,000");
    await tile(page, "Nan gyi thoke").getByText("4,500").waitFor();
    await page.getByRole("button", { name: /^Pay/ }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByText("Nan gyi thoke was 4,000 Ks, it is now 4,500 Ks.").waitFor();
    await sheet.getByRole("button", { name: "Take 4,500 Ks" }).click();
    await page.getByRole("button", { name: /^Pay 4,725/ }).click();
    await page.getByRole("button", { name: /^Exact/ }).waitFor();
    // Moved again, while the guest looks for money: the server refuses and says so.
    const before = await count();
    await reprice("NGT-01", 5_000);
    await page.getByRole("button", { name: /^Exact/ }).click();
    await sheet.getByText("Nan gyi thoke was 4,500 Ks, it is now 5,000 Ks.").waitFor();
    expect(await count()).toBe(before);
    await context.close();
  });

  it("charges neither a choice nor a tax that moved before it was said", async () => {
    const { page, context, complaints } = await openTill(browser, tiffin.url);
    const settings = async () => (await tiffin.manager.get("/api/restaurant/settings")).body;
    const charge = async (part: string, body: object) => {
      const { version } = await settings();
      const answer = await tiffin.manager.send("PUT", `/api/restaurant/${part}`, {
        ...body,
        version,
      });
      expect(answer.status).toBe(200);
    };
    const { tax, serviceCharge, modifierGroups } = await settings();
    const egg = modifierGroups.find(({ code }: { code: string }) => code === "egg");
    const before = await count();
    const sheet = page.getByRole("dialog");
    const exact = sheet.getByRole("button", { name: /^Exact/ });

    await tile(page, "Mohinga").click();
    await page.locator("aside").getByRole("button", { name: "Change Mohinga" }).click();
    await sheet.getByLabel("Boiled egg").check();
    await sheet.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Pay 4,200 Ks" }).click();
    await exact.waitFor();
    const dearer = egg.modifiers.map((choice: object) => ({ ...choice, price: 700 }));
    await charge("modifier-groups/egg", { ...egg, modifiers: dearer });
    await exact.click();
    await sheet.getByText("Mohinga was 4,000 Ks, it is now 4,200 Ks.").waitFor();
    await sheet.getByText("No money was taken.").waitFor();
    expect(await count()).toBe(before);
    await sheet.getByRole("button", { name: "Take 4,200 Ks" }).click();

    await page.getByRole("button", { name: "Pay 4,410 Ks" }).click();
    await exact.waitFor();
    const rate = (value: string) => tax.map((one: object) => ({ ...one, rate: value }));
    await charge("rates", { tax: rate("0.07"), serviceCharge });
    await exact.click();
    await sheet.getByText("The total was 4,410 Ks, it is now 4,494 Ks.").waitFor();
    expect(await count()).toBe(before);
    await sheet.getByRole("button", { name: "Take 4,494 Ks" }).click();
    await sheet.getByRole("button", { name: "Exact · 4,494" }).waitFor();

    // Heard of while the guest looks for money: said at once, and not only written on another button.
    await charge("rates", { tax: rate("0.05"), serviceCharge });
    await sheet.getByText("The total was 4,494 Ks, it is now 4,410 Ks.").waitFor();
    await sheet.getByRole("button", { name: "Take 4,410 Ks" }).click();
    await sheet.getByRole("button", { name: "Exact · 4,410" }).click();
    await page.locator(".receipt").getByText("4,410").first().waitFor();
    expect(await count()).toBe(before + 1);
    await charge("modifier-groups/egg", egg);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("never shows what the order before cost as the total of the next one", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await chargeFor(page, "Meeshay");
    await page.getByRole("button", { name: /^Exact/ }).click();
    await page.getByRole("button", { name: "New order" }).click();
    await page.route("**/api/orders/calculate", () => undefined);
    await tile(page, "Kyay oh").click();
    await page.locator("aside").getByText("The total comes when the server answers.").waitFor();
    expect(await page.locator("aside footer").innerText()).not.toContain("4,200");
    await context.close();
  });

  it("sells on when the machine has no network, and the server is the machine", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await page.evaluate("window.dispatchEvent(new Event('offline'))");
    await chargeFor(page, "Meeshay");
    await page.getByRole("button", { name: "Exact · 4,200" }).click();
    await page.locator(".receipt").getByText("Meeshay").waitFor();
    await context.close();
  });

  it("is asked to sign in again when the session ends under an order, which then goes on", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const before = await count();
    await chargeFor(page, "Si chet khao swe");
    // In one go: a moment later the till knows by itself, and nothing could be sent any more.
    await page.evaluate(`fetch("/api/sessions/current", { method: "DELETE" }).then(() =>
      [...document.querySelectorAll("dialog button")]
        .find((button) => button.textContent.startsWith("Exact"))
        .click())`);
    await page.getByText("Who is here?").waitFor();
    expect(await count()).toBe(before);
    await signIn(page, "Manager"); // whoever comes: the order is the same, under the same key
    await page.locator(".receipt").getByText("Si chet khao swe").waitFor();
    expect(await count()).toBe(before + 1);
    await context.close();
  });

  it("says since when the server is gone, and places its order when it is back", async () => {
    const folder = await createProcessFolder();
    try {
      const first = await folder.start();
      const { page, context } = await openTill(browser, first.url);
      await chargeFor(page, "Mohinga");
      await first.end("SIGKILL");
      await page.getByRole("button", { name: /^Exact/ }).click();
      await page.getByRole("alert").filter({ hasText: NOT_SENT }).waitFor();
      const banner = page.getByText(/No connection to the server since \d/);
      await banner.waitFor();
      // By the clock on the restaurant's wall, whatever this device is set to.
      const hour = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Yangon", hour: "2-digit" });
      const said = /since (\d\d)/.exec(await banner.innerText())?.[1];
      expect([0, 120_000].map((ms) => hour.format(Date.now() - ms))).toContain(said);
      const second = await folder.start({ PORT: new URL(first.url).port });
      await page.locator(".receipt td", { hasText: "Mohinga" }).waitFor({ timeout: 30_000 });
      const till = await second.signIn("Cashier", "2222");
      expect((await till.get("/api/orders")).body.items).toHaveLength(1);
      await page.getByRole("button", { name: "New order" }).click();
      await page.getByText("No connection to the server").waitFor({ state: "hidden" });
      // News come again too.
      await till.place({
        serviceType: "takeaway",
        lineItems: [
          {
            id: crypto.randomUUID(),
            productId: (await till.dish("KYO-01")).productId,
            quantity: 30,
            unitPrice: mmk(7_000),
            modifiers: [],
          },
        ],
        payment: { method: "card", token: "sim_approve" },
      });
      await tile(page, "Kyay oh").getByText("Sold out").waitFor();
      await context.close();
    } finally {
      await folder.remove();
    }
  });
});
