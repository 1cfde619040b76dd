// The system's page in a real Chromium: a listener is poisoned, its dead letter is read, replayed and discarded; an order
// is followed through all modules; nothing on any of its pages that axe knows as a fault.
import { Client } from "pg";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createEmptyDatabase, type TestDatabase } from "../../src/platform/db/testing.js";
import { bootTiffin, eventually, line, mmk, order, type TestTiffin } from "../system/tiffin.js";
import { createInspection, launch, openPage, signIn, SIZES } from "./browser.js";
import { describeInBrowser } from "./describe.js";

const LISTENER = "orders.copy-products";
const CAUSE = "The oven is cold";

/** A busy machine needs its time; a screen that never comes to it fails all the same. */
const expectSoon = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

describeInBrowser("The system's page", () => {
  let database: TestDatabase;
  let owner: Client;
  let tiffin: TestTiffin;
  let browser: Browser;
  beforeAll(async () => {
    database = await createEmptyDatabase(inject("databaseUrl"));
    tiffin = await bootTiffin(
      { DATABASE_URL: database.url, EVENT_MAX_ATTEMPTS: "1" },
      { screens: "built" },
    );
    owner = new Client({ connectionString: database.url });
    await owner.connect();
    await owner.query(`
      create table orders.poison (broken boolean);
      insert into orders.poison values (false);
      grant select on orders.poison to tiffin_orders;
      create function orders.taste() returns trigger language plpgsql as $$ begin
        if (select broken from orders.poison) then raise exception '${CAUSE}'; end if;
        return new;
      end $$;
      create trigger taste after insert or update of price on orders.catalogue
        for each row execute function orders.taste();`);
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await owner?.end();
    await tiffin?.stop();
    await database?.drop();
  });

  const poison = (broken: boolean) => owner.query("update orders.poison set broken = $1", [broken]);
  const dead = async () =>
    (await tiffin.manager.get(`/api/system/events?subscription=${LISTENER}&status=dead`)).body
      .items as unknown[];
  const reprice = async (sku: string, amount: number) => {
    const { productId } = await tiffin.cashier.dish(sku);
    const path = `/api/inventory/products/${productId}`;
    const { version } = (await tiffin.manager.get(path)).body;
    const answer = await tiffin.manager.send("PATCH", path, { version, price: mmk(amount) });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };
  let price = 9_000;
  /** One dead letter for each dish. */
  const killLetters = async (...skus: string[]) => {
    await poison(true);
    for (const sku of skus) await reprice(sku, (price += 50));
    await eventually(dead, (letters) => letters.length >= skus.length);
  };
  const openSystem = async (options: Parameters<typeof openPage>[2] = {}) => {
    const opened = await openPage(browser, tiffin.url, options);
    await signIn(opened.page, "Manager");
    await opened.page.getByRole("link", { name: /^(System|စနစ်)$/ }).click();
    await opened.page.getByRole("button", { name: /^orders/ }).waitFor();
    return opened;
  };
  const go = (page: Page, name: string | RegExp) =>
    page.getByRole("link", { name }).first().click();

  it("tells times by the restaurant's clock, whatever the device is set to", async () => {
    const water = await tiffin.cashier.dish("WTR-01");
    const { body } = await tiffin.cashier.place(order([line(water)]));
    const clock = new Intl.DateTimeFormat("en-GB", {
      timeZone: "Asia/Yangon",
      timeStyle: "medium",
    });
    const { page, context } = await openSystem();
    await go(page, "An order's story");
    await page
      .getByText(clock.format(new Date(body.placedAt)))
      .first()
      .waitFor();
    await context.close();
  });

  it("says of a saga and an order of another day which day that was", async () => {
    const water = await tiffin.cashier.dish("WTR-01");
    expect((await tiffin.cashier.place(order([line(water)]))).status).toBe(201);
    const { page, context } = await openSystem();
    await page.route(/api\/(orders|system\/sagas)\?/, async (route) => {
      const response = await route.fetch();
      const text = (await response.text()).replaceAll(/"20\d\d-\d\d-\d\dT/g, '"2026-02-03T');
      await route.fulfill({ response, body: text });
    });
    await go(page, "Sagas");
    const saga = page.getByRole("article").first();
    await saga.getByText("Completed").waitFor();
    expect(await saga.innerText()).toMatch(/[34] Feb 2026, \d\d:/);
    await go(page, "An order's story");
    await page
      .getByText(/[34] Feb 2026, \d\d:/)
      .first()
      .waitFor();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
  });

  it("shows dead letters with their cause, replays one when it is mended, discards one with a reason", async () => {
    const { page, context, complaints } = await openSystem();
    await killLetters("MOH-01", "KYO-01");
    await expectSoon(() =>
      page.locator("dl > div", { hasText: "Dead letters" }).locator("dd").innerText(),
    ).toBe("2");
    await page.getByRole("link", { name: "Dead letters" }).click();
    const letters = page.getByRole("article");
    await expectSoon(() => letters.count()).toBe(2);
    await letters.first().getByText(CAUSE).waitFor();

    // Not mended yet: it comes back as a dead letter.
    await letters.first().getByRole("button", { name: "Replay" }).click();
    await page.getByRole("status").getByText("Tried again: 1").waitFor();
    await eventually(dead, (rest) => rest.length === 2);
    await poison(false);
    await expectSoon(() => letters.count()).toBe(2);
    await letters.first().getByRole("button", { name: "Replay" }).click();
    await expectSoon(() => letters.count()).toBe(1);
    await eventually(dead, (rest) => rest.length === 1);

    await letters.first().getByRole("button", { name: "Discard", exact: true }).click();
    const forGood = letters.first().getByRole("button", { name: "Discard for good" });
    expect(await forGood.isDisabled()).toBe(true);
    await letters.first().getByLabel("Why is it given up?").fill("Price was set by hand");
    await forGood.click();
    await page.getByText("No dead letters").waitFor();
    await page.getByRole("button", { name: "Discarded", exact: true }).click();
    await letters.first().getByText("Price was set by hand").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("tells an order's whole story by its number, from the saga to the kitchen", async () => {
    const { page, context, complaints } = await openSystem();
    const { body } = await tiffin.cashier.place(order([line(await tiffin.cashier.dish("MSH-01"))]));
    await go(page, "An order's story");
    await page.getByRole("link", { name: new RegExp(`^${body.number}\\b`) }).waitFor();
    await page.getByLabel("Order number or id").fill(String(body.number));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: `Order ${body.number}` }).waitFor();
    for (const told of [
      "reserve",
      "charge",
      "record",
      "orders.order-placed.v1",
      "kitchen.make-tickets",
    ])
      await page.getByRole("listitem").getByText(told, { exact: true }).first().waitFor();
    await go(page, "Sagas");
    const saga = page.getByRole("article").first();
    await saga.getByText("Completed").waitFor();
    await saga.getByRole("link", { name: "The order's story" }).click();
    await page.getByRole("heading", { name: `Order ${body.number}` }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("says that it does not know how many dead letters there are, rather than none", async () => {
    const { page, context } = await openSystem();
    const figure = page.locator("dl > div", { hasText: "Dead letters" }).locator("dd");
    await page.route("**/api/system/events/status", (route) =>
      route.fulfill({
        status: 500,
        contentType: "application/problem+json",
        json: { type: "https://tiffin.dev/errors/internal-error", status: 500, detail: "Broken" },
      }),
    );
    await page.reload();
    await page.getByRole("alert").getByText("Something went wrong on the server").waitFor();
    expect(await figure.innerText()).toBe("–");
    await context.close();
  });

  it("writes no amount before it knows where its point stands", async () => {
    const { body } = await tiffin.cashier.place(order([line(await tiffin.cashier.dish("MSH-01"))]));
    const { page, context } = await openSystem();
    await page.route(/\/api\/(menu|restaurant)$/, () => undefined);
    await page.goto(`${tiffin.url}/system/orders/${body.id}`);
    const head = page.getByRole("main").locator("header");
    await head.getByText(`Order ${body.number}`).waitFor();
    expect(await head.innerText()).not.toContain("Ks");
    await page.unroute(/\/api\/(menu|restaurant)$/);
    await page.reload();
    await head.getByText("4,200 Ks").waitFor();
    await context.close();
  });

  it.each([
    { language: "en", size: SIZES[0] },
    { language: "my", size: SIZES[1] },
  ] as const)(
    "has no fault that axe knows of ($language, $size.width)",
    async ({ size, language }) => {
      await killLetters("OHN-01");
      const { page, context, complaints } = await openSystem({ size, language });
      const inspection = createInspection(page);
      await inspection.look("map");
      await page.getByRole("button", { name: /^inventory/ }).click();
      await page.getByRole("complementary", { name: "inventory" }).waitFor();
      await inspection.look("a module");
      const links = page.getByRole("navigation").last().getByRole("link");
      await links.nth(1).click();
      const letter = page.getByRole("article").first();
      await letter.waitFor();
      await letter.getByRole("button").nth(1).click();
      await page.getByRole("table").first().waitFor();
      await inspection.look("events");
      await links.nth(2).click();
      await page.getByRole("article").first().waitFor();
      await inspection.look("sagas");
      await links.nth(3).click();
      await page.getByRole("main").getByRole("listitem").first().getByRole("link").click();
      await page.getByRole("heading", { level: 2 }).waitFor();
      await inspection.look("a story");
      await links.nth(4).click();
      await page.getByRole("table").waitFor();
      await inspection.look("boundaries");
      expect(inspection.found).toEqual([]);
      expect(complaints).toEqual([]);
      await poison(false);
      await tiffin.manager.send("POST", "/api/system/events/replay", { all: true });
      await eventually(dead, (letters) => letters.length === 0);
      await context.close();
    },
  );
});
