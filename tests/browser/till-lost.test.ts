// A till without its server, or with one that takes its time: what stands on the screen stays usable, and says nothing
// that is not so.
import type { Browser } from "playwright-core";
import { expect, it } from "vitest";
import type { TestTiffin } from "../system/tiffin.js";
import { openPage, openTill, signIn, tile } from "./browser.js";
import { bootWithBrowser, describeInBrowser } from "./describe.js";

describeInBrowser("A till that lost its server", () => {
  let tiffin: TestTiffin;
  let browser: Browser;
  bootWithBrowser((...started) => ([tiffin, browser] = started));

  it("stays on the screen when a part of it cannot be loaded, and loads that later", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Mohinga").click();
    await context.setOffline(true);
    await page.getByRole("button", { name: "Orders" }).click();
    await page.getByRole("status").getByText("The server does not answer.").waitFor();
    await tile(page, "Mohinga").click();
    await page.locator("aside li").getByText("2", { exact: true }).waitFor();
    await context.setOffline(false);
    await page.getByRole("button", { name: "Orders" }).click();
    await page.getByRole("dialog").waitFor();
    await context.close();
  });

  it("tells no guest the total of before while the new one is on its way", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Mohinga").click();
    await page.getByRole("button", { name: "Pay 3,675 Ks" }).waitFor();
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/api/orders/calculate", async (route) => {
      await asked;
      await route.fallback();
    });
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: /^Pay/ }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByRole("button", { name: /note of 10,000/ }).click();
    expect(await sheet.getByLabel("Received").inputValue()).toBe("10,000");
    const text = await sheet.innerText();
    expect(text).not.toContain("3,675");
    expect(text).not.toContain("6,325"); // what would be its change
    expect(await sheet.getByRole("button", { name: /^Take 10,000/ }).isDisabled()).toBe(true);
    answer();
    await sheet.getByRole("heading", { name: "To pay 7,875 Ks" }).waitFor();
    await sheet.getByText("2,125 Ks").waitFor();
    await sheet.getByRole("button", { name: /^Take 10,000/ }).click();
    await page.locator(".receipt").getByText("7,875").first().waitFor();
    await context.close();
  });

  it("keeps the payment open and says why, when the total cannot be had", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Mohinga").click();
    await page.getByRole("button", { name: "Pay 3,675 Ks" }).waitFor();
    await page.route("**/api/orders/calculate", (route) => route.abort());
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: /^Pay/ }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByRole("alert").getByText("The server does not answer.").waitFor();
    expect(await sheet.getByRole("button", { name: /^Exact/ }).isDisabled()).toBe(true);
    await page.unroute("**/api/orders/calculate");
    await sheet.getByRole("button", { name: "Exact · 7,875" }).click();
    await page.locator(".receipt").getByText("7,875").first().waitFor();
    await context.close();
  });

  it("does not come back with a payment whose order another window of the till has cleared", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Mohinga").click();
    await page.getByRole("button", { name: "Pay 3,675 Ks" }).click();
    await page.getByRole("button", { name: "Exact · 3,675" }).waitFor();
    const other = await context.newPage();
    await other.goto(tiffin.url);
    await other.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.bringToFront();
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: "Pay 4,200 Ks" }).waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    await context.close();
  });

  it("misses nothing that happens while its news are not there yet", async () => {
    const { page, context } = await openPage(browser, tiffin.url);
    let open: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (open = resolve));
    await page.route("**/api/stream", async (route) => {
      await asked;
      await route.continue();
    });
    await signIn(page, "Cashier");
    await tile(page, "Kyay oh").waitFor();
    const { productId } = await tiffin.cashier.dish("KYO-01");
    const path = `/api/inventory/products/${productId}/movements`;
    const body = { type: "recount", quantity: 2, reason: "test" };
    expect((await tiffin.manager.send("POST", path, body)).status).toBe(201);
    await expect
      .poll(async () => (await tiffin.cashier.dish("KYO-01")).availability.available)
      .toBe(2);
    await page.waitForTimeout(1_000); // told to all who hear it already
    open();
    await tile(page, "Kyay oh").getByText("2 left").waitFor();
    await context.close();
  });

  it("marks the line whose choices are no longer as they were, and leads to them", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Meeshay").click();
    await tile(page, "Mohinga").click();
    await page.getByRole("button", { name: "Change Mohinga" }).click();
    await page.getByLabel("Boiled egg").check();
    await page.getByRole("button", { name: /^Done/ }).click();
    await page.getByRole("button", { name: "Pay 8,400 Ks" }).waitFor();
    const { version, modifierGroups } = (await tiffin.manager.get("/api/restaurant/settings")).body;
    const egg = modifierGroups.find(({ code }: { code: string }) => code === "egg");
    const [boiled, ...others] = egg.modifiers;
    const put = (modifiers: object[], at: number) =>
      tiffin.manager.send("PUT", "/api/restaurant/modifier-groups/egg", {
        ...egg,
        modifiers,
        version: at,
      });
    expect((await put([{ ...boiled, code: "hard-boiled" }, ...others], version)).status).toBe(200);
    const line = page.locator("aside li").filter({ hasText: "Mohinga" });
    const mark = page.getByRole("button", { name: "Choices changed: choose again" });
    await line.locator(mark).waitFor();
    await page.waitForTimeout(1_000); // the new choices come with the same news
    await mark.click();
    await page.getByRole("button", { name: /^Done/ }).click();
    await page.getByRole("button", { name: "Pay 7,875 Ks" }).waitFor();
    expect(await mark.count()).toBe(0);
    await put(egg.modifiers, version + 1);
    await context.close();
  });

  it("believes no refusal of an order that something on the way has answered", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const orders = async () =>
      (await tiffin.cashier.get("/api/orders?limit=100")).body.items.length;
    const before = await orders();
    let tries = 0;
    await page.route("**/api/orders", async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      tries += 1;
      if (tries === 1) {
        await route.fetch(); // the server has it, and the till never hears of it
        return route.abort("connectionreset");
      }
      if (tries === 2)
        return route.fulfill({ status: 403, contentType: "text/html", body: "<h1>Wi-Fi</h1>" });
      return route.fallback();
    });
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByRole("button", { name: /^Exact/ }).click();
    await page.locator(".receipt").getByText("Meeshay").waitFor();
    expect(await orders()).toBe(before + 1);
    expect(tries).toBe(3);
    await context.close();
  });

  it("says of no refusal that nothing was taken when an earlier try may have been placed", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const placed = async () =>
      (await tiffin.cashier.get("/api/orders?limit=100")).body.items.length;
    const before = await placed();
    const answers = [
      { status: 403, type: "forbidden" },
      { status: 422, type: "invalid-input" },
    ];
    let tries = 0;
    await page.route("**/api/orders", async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      tries += 1;
      const answer = answers[tries - 2];
      if (answer)
        return route.fulfill({
          status: answer.status,
          contentType: "application/problem+json",
          body: JSON.stringify({ type: `/problems/${answer.type}`, status: answer.status }),
        });
      await route.fetch(); // the server has it, and the till never hears of it
      return route.abort("connectionreset");
    });
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByRole("button", { name: /^Exact/ }).click();
    const sheet = page.getByRole("dialog");
    await sheet.getByText("Look under Orders before you place it again.").waitFor();
    expect(await sheet.innerText()).not.toContain("No money was taken");
    expect(tries).toBe(3); // whoever may not ask is no answer
    expect(await placed()).toBe(before + 1);
    await context.close();
  });

  it("says that an order waits for a manager, and leads there", async () => {
    const { page, context, complaints } = await openTill(browser, tiffin.url);
    const id = "01975b2e-0000-7000-8000-000000000001";
    let status = "needs-attention";
    await page.route("**/api/orders", (route) =>
      route.request().method() === "POST" && status !== "refused"
        ? route.fulfill({ status: 202, json: { id, status: "placing" } })
        : route.fallback(),
    );
    await page.route(`**/api/orders/${id}/placement`, (route) =>
      route.fulfill({ json: { id, status } }),
    );
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: /^Pay/ }).click();
    await page.getByRole("button", { name: /^Exact/ }).click();
    const alert = page.getByRole("alert");
    await alert.getByText("A manager decides under System, Sagas.").waitFor();
    await alert.getByRole("button", { name: "Switch user" }).click();
    await signIn(page, "Manager");
    await alert.getByRole("link", { name: /System, Sagas/ }).click();
    await page.waitForURL("**/system/sagas");
    status = "refused"; // it was settled: the same key is asked again, and here it is free
    await page.getByRole("link", { name: "Till" }).click();
    await page.locator(".receipt").getByText("Meeshay").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("leads back from a screen that could not be loaded", async () => {
    const { page, context } = await openPage(browser, tiffin.url);
    await signIn(page, "Manager");
    await tile(page, "Mohinga").click();
    await context.setOffline(true);
    await page.getByRole("link", { name: "Kitchen" }).click();
    await page.getByText("This screen stopped working.").waitFor();
    await page.getByRole("button", { name: "Load it again" }).click();
    await page.getByText("Load it again when it is back.").waitFor();
    await page.getByRole("link", { name: "Till" }).click();
    await page.locator("aside li").getByText("1", { exact: true }).waitFor();
    await context.setOffline(false);
    await page.getByRole("link", { name: "Kitchen" }).click();
    await page.getByRole("button", { name: "Load it again" }).click();
    await page.getByRole("button", { name: "Recall" }).waitFor();
    await context.close();
  });
});
