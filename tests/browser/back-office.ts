// What tests of the back office do again and again.
import type { Browser, Locator, Page } from "playwright-core";
import { openPage, signIn } from "./browser.js";

export const PARTS = ["sales", "products", "stock", "menu", "staff", "audit"] as const;

export const backOffice = (world: () => { browser: Browser; url: string }) => ({
  async openManager(options: Parameters<typeof openPage>[2] = {}) {
    const { browser, url } = world();
    const opened = await openPage(browser, url, options);
    await signIn(opened.page, "Manager");
    await opened.page.locator("header nav").waitFor();
    return opened;
  },
  async go(page: Page, part: (typeof PARTS)[number]) {
    await page.goto(`${world().url}/manager/${part}`);
    await page.locator("h1").waitFor();
  },
});

export const row = (page: Page, name: string): Locator =>
  page.locator("tbody tr").filter({ has: page.getByRole("button", { name, exact: true }) });

export async function openRow(page: Page, name: string): Promise<void> {
  await row(page, name).getByRole("button", { name, exact: true }).click();
  await page.getByRole("dialog").waitFor();
}

export const dialogGone = (page: Page) => page.getByRole("dialog").waitFor({ state: "hidden" });
