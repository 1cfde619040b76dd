// A till and a kitchen without a mouse or without eyes: what keys do, where the focus goes, what is said to who hears the
// screen.
import type { Browser, Page } from "playwright-core";
import { expect, it } from "vitest";
import { line, order, type TestTiffin } from "../system/tiffin.js";
import { openPage, openTill, signIn, tile } from "./browser.js";
import { bootWithBrowser, describeInBrowser } from "./describe.js";

const focused = (page: Page) => page.evaluate<string>("document.activeElement.innerText");

describeInBrowser("By keyboard and by ear", () => {
  let tiffin: TestTiffin;
  let browser: Browser;
  bootWithBrowser((...started) => ([tiffin, browser] = started));
  const count = async () => (await tiffin.cashier.get("/api/orders?limit=100")).body.items.length;

  it("takes no money by a key that is held down a little too long", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const before = await count();
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: "Pay 4,200 Ks" }).focus();
    await page.keyboard.down("Enter");
    const exact = page.getByRole("button", { name: /^Exact/ });
    await exact.waitFor();
    await expect.poll(() => focused(page)).toMatch(/^Exact/);
    for (let times = 0; times < 5; times++) await page.keyboard.down("Enter"); // it repeats
    await page.waitForTimeout(500);
    expect(await count()).toBe(before);
    await page.keyboard.up("Enter");
    await page.keyboard.press("Enter");
    await page.getByText("No change to give").waitFor();
    await context.close();
  });

  it("waits with a payment by keyboard until the total is there, and closes nothing meanwhile", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const before = await count();
    await tile(page, "Meeshay").click();
    await page.getByRole("button", { name: "Pay 4,200 Ks" }).waitFor();
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/api/orders/calculate", async (route) => {
      await asked;
      await route.fallback();
    });
    await tile(page, "Meeshay").click();
    await page.keyboard.press("Control+Enter");
    const exact = page.getByRole("button", { name: /^Exact/ });
    await exact.waitFor();
    await page.keyboard.press("Enter");
    await page.waitForTimeout(300);
    expect(await exact.count()).toBe(1);
    answer();
    await expect.poll(() => focused(page), { timeout: 10_000 }).toBe("Exact · 8,400");
    await page.keyboard.press("Enter");
    await page.getByText("No change to give").waitFor();
    expect(await count()).toBe(before + 1);
    await context.close();
  });

  it("keeps a note when the mouse that marks it lets go beside the sheet", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await tile(page, "Mohinga").click();
    await page.getByRole("button", { name: /^Change Mohinga/ }).click();
    const note = page.getByLabel("Note for the kitchen");
    await note.fill("no coriander");
    await page.waitForTimeout(400); // the sheet hears no pointer at first
    const box = await note.boundingBox();
    if (!box) throw new Error("The note is not on the screen");
    await page.mouse.move(box.x + 80, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(10, box.y + 20, { steps: 5 });
    await page.mouse.up();
    await page.waitForTimeout(200);
    expect(await note.inputValue()).toBe("no coriander");
    await page.mouse.click(10, 400);
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await context.close();
  });

  it("says which dish a search has put into the cart, each line's choices, and the change", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await page.keyboard.press("/");
    await page.keyboard.type("mohinga");
    await page.keyboard.press("Enter");
    const said = page.getByRole("status").getByText("Mohinga: 1 in the cart");
    await said.waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Change Mohinga" }).click();
    await page.getByLabel("Boiled egg").check();
    await page.getByLabel("Note for the kitchen").fill("no coriander");
    await page.getByRole("button", { name: /^Done/ }).click();
    await page.getByRole("button", { name: "Change Mohinga, Boiled egg, no coriander" }).waitFor();
    await page.getByRole("button", { name: "Pay 4,200 Ks" }).click();
    await page.getByRole("button", { name: /note of 10,000/ }).click();
    await page.getByRole("button", { name: /^Take 10,000/ }).click();
    await page.getByRole("dialog", { name: /^Order \d+\. Give change 5,800 Ks/ }).waitFor();
    await context.close();
  });

  it("goes on where something has taken the place of what was pressed, and back to where one was", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    const meeshay = await tiffin.cashier.dish("MSH-01");
    for (let times = 0; times < 2; times++)
      expect((await tiffin.cashier.place(order([line(meeshay)]))).status).toBe(201);
    await page.getByRole("button", { name: "Orders" }).click();
    const row = page.getByRole("dialog").locator("li button").nth(1);
    const number = await row.locator("b").first().innerText();
    await row.press("Enter");
    await expect.poll(() => focused(page)).toBe(`Order ${number}`);
    await page.getByRole("button", { name: "All orders" }).press("Enter");
    await expect.poll(() => focused(page)).toContain(number);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Cancel order" }).press("Enter");
    await expect.poll(() => focused(page)).toBe(`Cancel order ${number}`);
    await page.getByLabel("Typed in wrongly").check();
    await page.getByLabel("Cooked: waste").check();
    await page.getByRole("button", { name: "Ask a manager" }).press("Enter");
    await expect.poll(() => focused(page)).toBe("A manager allows it here");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Signed in/ }).press("Enter");
    await page.getByRole("button", { name: /^Kitchen/ }).press("Enter");
    await expect.poll(() => focused(page)).toBe("Kitchen");
    await context.close();
  });

  it("brings the focus to the next ticket when the one that had it was served", async () => {
    const { page, context } = await openPage(browser, tiffin.url);
    await signIn(page, "Kitchen");
    const tickets = page.getByRole("article");
    const meeshay = await tiffin.cashier.dish("MSH-01");
    for (let times = 0; times < 2; times++) await tiffin.cashier.place(order([line(meeshay)]));
    await expect.poll(() => tickets.count()).toBeGreaterThan(1);
    const before = await tickets.count();
    const number = await tickets.nth(1).locator("header b").first().innerText();
    for (const step of ["Start", "Ready", "Served"]) {
      await tickets.first().getByRole("button", { name: step, exact: true }).press("Enter");
      await page.waitForTimeout(450); // longer than a bounce
    }
    await expect.poll(() => tickets.count()).toBe(before - 1);
    await page.keyboard.press("ArrowRight");
    const ticket = await page.evaluate<string>(
      "document.activeElement.closest('article')?.querySelector('header b')?.innerText ?? ''",
    );
    expect(ticket).toBe(number);
    await context.close();
  });
});
