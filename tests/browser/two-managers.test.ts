// Two managers change the same at once: nothing is undone, nothing comes back, and each is told.
import type { Browser } from "playwright-core";
import { expect, it } from "vitest";
import { mmk, type TestTiffin } from "../system/tiffin.js";
import { backOffice, dialogGone, openRow } from "./back-office.js";
import { bootWithBrowser, describeInBrowser } from "./describe.js";

describeInBrowser("Two managers in the back office", () => {
  let tiffin: TestTiffin;
  let browser: Browser;
  bootWithBrowser((...started) => ([tiffin, browser] = started));

  const { openManager, go } = backOffice(() => ({ browser, url: tiffin.url }));

  it("undoes nothing that another manager changed while a dialog stood open", async () => {
    const { page, context } = await openManager();
    await go(page, "menu");
    await page.getByRole("button", { name: "Choices", exact: true }).click();
    await openRow(page, "Egg");
    const settings = async () => (await tiffin.manager.get("/api/restaurant/settings")).body;
    const { version, modifierGroups } = await settings();
    const { code, ...egg } = modifierGroups.find((group: { code: string }) => group.code === "egg");
    const dearer = egg.modifiers.map((choice: object) => ({ ...choice, price: 900 }));
    const path = `/api/restaurant/modifier-groups/${code}`;
    await tiffin.manager.send("PUT", path, { ...egg, modifiers: dearer, version });
    // The news of it have come, and the dialog still shows what was before.
    await expect.poll(async () => (await settings()).version).toBe(version + 1);
    await page.waitForTimeout(4_000);
    await page.getByLabel("English name").first().fill("Eggs");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").getByText("Somebody else changed this").waitFor();
    expect(await page.getByLabel("Extra price").first().inputValue()).toBe("900");
    await page.getByLabel("English name").first().fill("Eggs");
    await page.getByRole("button", { name: "Save" }).click();
    await dialogGone(page);
    const after = (await settings()).modifierGroups.find(
      (group: { code: string }) => group.code === "egg",
    );
    expect(after.name.en).toBe("Eggs");
    expect(after.modifiers[0].price).toBe(900);
    await context.close();
  });

  it("touches and brings back nothing in a dialog whose subject another manager removed", async () => {
    const { page, context } = await openManager();
    const settings = async () => (await tiffin.manager.get("/api/restaurant/settings")).body;
    const codesOf = ({ categories }: { categories: { code: string }[] }) =>
      categories.map(({ code }) => code);
    const before = await settings();
    const { version } = before;
    const change = async (method: string, path: string, body?: object) =>
      expect((await tiffin.manager.send(method, `/api/restaurant/${path}`, body)).status).toBe(200);
    await change("PUT", "categories/specials", { name: { en: "Specials" }, station: "a", version });
    await go(page, "menu");
    await page.getByRole("button", { name: "Specials", exact: true }).click();
    await page.getByRole("button", { name: "Change category" }).click();
    await change("DELETE", `categories/specials?version=${version + 1}`);
    await page.locator("main button", { hasText: "Specials" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Remove category" }).click();
    await page.getByText("Somebody else removed this").waitFor();
    await dialogGone(page);
    expect(codesOf(await settings())).toEqual(codesOf(before));
    const { productId } = await tiffin.cashier.dish("NGT-01");
    await openRow(page, "Nan gyi thoke");
    await change("DELETE", `menu-items/${productId}?version=${version + 2}`);
    await page.getByRole("button", { name: "Save" }).click();
    await dialogGone(page);
    expect((await tiffin.cashier.menu()).map(({ sku }) => sku)).not.toContain("NGT-01");
    await context.close();
  });

  it("shows what another manager made of the same before it can be saved again", async () => {
    const { page, context } = await openManager();
    const dialog = page.getByRole("dialog");
    const save = dialog.getByRole("button", { name: "Save" });
    const meeshay = async () =>
      (await tiffin.manager.get("/api/inventory/products?q=MSH-01")).body.items[0];
    await go(page, "products");
    await openRow(page, "Meeshay");
    await dialog.getByLabel("Price").fill("4100");
    await dialog.getByLabel("Warn at").fill("7");
    const { id, version } = await meeshay();
    const path = `/api/inventory/products/${id}`;
    await tiffin.manager.send("PATCH", path, { version, price: mmk(4_300) });
    await save.click();
    await dialog.getByText("Somebody else changed this").waitFor();
    expect(await dialog.getByLabel("Price").inputValue()).toBe("4300");
    await save.click();
    await dialogGone(page);
    expect(await meeshay()).toMatchObject({ price: { amount: 4_300 }, lowStockAt: 7 });

    await tiffin.manager.send("POST", "/api/staff", { name: "Su", role: "cashier", pin: "8642" });
    const su = async () =>
      (await tiffin.manager.get("/api/staff")).body.items.find(
        ({ name }: { name: string }) => name === "Su",
      );
    await go(page, "staff");
    await openRow(page, "Su");
    await dialog.getByLabel("Role").selectOption("manager");
    const before = await su();
    await tiffin.manager.send("PATCH", `/api/staff/${before.id}`, {
      version: before.version,
      role: "kitchen",
    });
    await save.click();
    await dialog.getByText("Somebody else changed this").waitFor();
    expect(await dialog.getByLabel("Role").inputValue()).toBe("kitchen");
    await save.click();
    await dialogGone(page);
    expect((await su()).role).toBe("kitchen");
    await context.close();
  });
});
