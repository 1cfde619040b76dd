// The door: how one comes in from a device that nobody vouches for, and what it says when the server takes its time.
import type { Browser } from "playwright-core";
import { expect, it } from "vitest";
import type { TestTiffin } from "../system/tiffin.js";
import { openPage, openTill, signIn, tile } from "./browser.js";
import { bootWithBrowser, describeInBrowser } from "./describe.js";

const AFAR = { "x-forwarded-for": "10.0.0.7" };

describeInBrowser("The door", () => {
  let tiffin: TestTiffin;
  let browser: Browser;
  bootWithBrowser((...started) => ([tiffin, browser] = started));

  it("lets a one-time PIN in from an unknown device, on to a PIN of one's own and to the till", async () => {
    const pin = "60482915";
    const person = { name: "Daw Hla", role: "manager", pin };
    expect((await tiffin.manager.send("POST", "/api/staff", person)).status).toBe(201);
    const { page, context, complaints } = await openPage(browser, tiffin.url);
    await context.setExtraHTTPHeaders(AFAR);
    await page.reload();
    await page.getByLabel("Name").fill("Daw Hla");
    await page.getByLabel(/^Password/).fill(pin);
    await page.getByRole("button", { name: "Sign in" }).click();
    for (const [step, typed] of [
      ["The PIN that you were given", pin],
      ["A PIN of your own", "75319"],
      ["The same PIN again", "75319"],
    ] as const) {
      await page.getByRole("group", { name: step }).waitFor();
      await page.keyboard.type(typed);
      await page.keyboard.press("Enter");
    }
    await tile(page, "Mohinga").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("goes on when a process of the server learns of the new PIN a little later", async () => {
    const pin = "60482917";
    const person = { name: "Ko Aung", role: "cashier", pin };
    expect((await tiffin.manager.send("POST", "/api/staff", person)).status).toBe(201);
    const { page, context } = await openPage(browser, tiffin.url);
    await page.getByRole("button", { name: /^Ko Aung/ }).click();
    let old = 1;
    await page.route("**/api/sessions/current", async (route) => {
      const answer = await route.fetch();
      const me = (await answer.json()) as object;
      const json = old-- > 0 ? { ...me, mustChangePin: true, permissions: [] } : me;
      await route.fulfill({ json });
    });
    for (const [step, typed] of [
      ["PIN of Ko Aung", pin],
      ["The PIN that you were given", pin],
      ["A PIN of your own", "86420"],
      ["The same PIN again", "86420"],
    ] as const) {
      await page.getByRole("group", { name: step }).waitFor();
      if (step === "The same PIN again") old = 1;
      await page.keyboard.type(typed);
      await page.keyboard.press("Enter");
    }
    await tile(page, "Mohinga").waitFor();
    await context.close();
  });

  it("makes a device known once for a double tap", async () => {
    const pin = "60482916";
    const person = { name: "Daw Mya", role: "manager", pin };
    expect((await tiffin.manager.send("POST", "/api/staff", person)).status).toBe(201);
    const { page, context } = await openPage(browser, tiffin.url);
    await context.setExtraHTTPHeaders(AFAR);
    await page.reload();
    await page.getByLabel("Name").fill("Daw Mya");
    await page.getByLabel(/^Password/).fill(pin);
    await page.getByLabel("From now on a PIN is enough on this device").check();
    await page.getByRole("button", { name: "Sign in" }).dblclick();
    await page.getByRole("group", { name: "The PIN that you were given" }).waitFor();
    await page.waitForTimeout(500);
    expect((await tiffin.manager.get("/api/devices")).body.items).toHaveLength(1);
    await context.close();
  });

  it("says that the server does not answer, rather than nothing, and goes on by itself", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    await page.route("**/api/sessions/options", (route) => route.abort());
    await page.getByRole("button", { name: /^Signed in/ }).click();
    await page.getByRole("alert").getByText("The server does not answer.").waitFor();
    await page.unroute("**/api/sessions/options");
    await page.getByRole("button", { name: /^Cashier/ }).waitFor();
    await context.close();
  });

  it("shows that it is on its way out while the server takes its time", async () => {
    const { page, context } = await openTill(browser, tiffin.url);
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    await page.route("**/api/sessions/current", async (route) => {
      if (route.request().method() === "DELETE") await asked;
      await route.fallback();
    });
    const leave = page.getByRole("button", { name: /^Signed in/ });
    await leave.click();
    await expect.poll(() => leave.isDisabled()).toBe(true);
    answer();
    await page.getByRole("button", { name: /^Cashier/ }).waitFor();
    await context.close();
  });

  it("does not stand there connecting for ever after an error of the server", async () => {
    const { page, context } = await openPage(browser, tiffin.url);
    await page.getByRole("button", { name: /^Cashier/ }).waitFor();
    await page.route("**/api/sessions/current", (route) =>
      route.fulfill({
        status: 500,
        contentType: "application/problem+json",
        body: JSON.stringify({ type: "/problems/internal-error", status: 500, detail: "" }),
      }),
    );
    await page.reload();
    await page.getByText("Something went wrong on the server").waitFor();
    await page.unroute("**/api/sessions/current");
    await page.getByRole("button", { name: /^Cashier/ }).waitFor();
    await context.close();
  });

  it("takes no page of the Wi-Fi for an answer", async () => {
    const { page, context, complaints } = await openPage(browser, tiffin.url);
    const portal = { status: 200, contentType: "text/html", body: "<h1>Wi-Fi</h1>" };
    await page.getByRole("button", { name: /^Cashier/ }).waitFor();
    await page.route("**/api/**", (route) => route.fulfill(portal));
    await page.reload();
    await page.getByText("The server does not answer.").waitFor();
    await page.unroute("**/api/**");
    await signIn(page, "Manager");
    await tile(page, "Mohinga").waitFor();
    // Nor for the server that could give a missing part of the screens.
    await page.route(/healthz|assets/, (route) => route.fulfill(portal));
    await page.getByRole("link", { name: "Kitchen" }).click();
    await page.getByText("This screen stopped working.").waitFor();
    await page.getByRole("button", { name: "Load it again" }).click();
    await page.getByText("Load it again when it is back.").waitFor();
    expect(complaints.filter((text) => text.includes("undefined"))).toEqual([]);
    await context.close();
  });

  it("takes a PIN that is clicked and then entered by key", async () => {
    const { page, context } = await openPage(browser, tiffin.url);
    await page.getByRole("button", { name: /^Cashier/ }).click();
    const pad = page.getByRole("group", { name: "PIN of Cashier" });
    for (let n = 0; n < 4; n++) await pad.getByRole("button", { name: "2" }).click();
    await page.keyboard.press("Enter");
    await tile(page, "Mohinga").waitFor();
    await context.close();
  });

  it("takes the digits of a Burmese keyboard", async () => {
    const { page, context } = await openPage(browser, tiffin.url);
    await page.getByRole("button", { name: /^Cashier/ }).click();
    await page.getByRole("group", { name: "PIN of Cashier" }).waitFor();
    for (const key of ["၂", "၂", "၂", "၂", "Enter"])
      await page.evaluate(
        `window.dispatchEvent(new KeyboardEvent("keydown", { key: "${key}", bubbles: true }))`,
      );
    await tile(page, "Mohinga").waitFor();
    await context.close();
  });
});
