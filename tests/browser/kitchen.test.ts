// The kitchen in a real Chromium: what is sold appears, is cooked, served, brought back and cancelled before the eyes of
// the cook; and after the server was gone, the screen equals its list.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { prepareScreens } from "../../src/web/prepare.js";
import { createProcessFolder, type ProcessFolder, type RunningProcess } from "../system/process.js";
import { line, order, type Till } from "../system/tiffin.js";
import {
  collectEventTimings,
  createInspection,
  expectPrompt,
  launch,
  middleOf,
  openPage,
  signIn,
  SIZES,
} from "./browser.js";
import { describeInBrowser } from "./describe.js";

interface Ticket {
  readonly id: string;
  readonly number: number;
  readonly station: string;
  readonly status: string;
}

/** A busy machine needs its time; a screen that never comes to it fails all the same. */
const expectSoon = <T>(read: () => T) => expect.poll(read, { timeout: 15_000 });

describeInBrowser("The kitchen", () => {
  let folder: ProcessFolder;
  let server: RunningProcess;
  let browser: Browser;
  let cashier: Till;
  let manager: Till;
  beforeAll(async () => {
    // Built beforehand, so that the server's start is no longer than a start.
    await prepareScreens("built");
    folder = await createProcessFolder();
    server = await folder.start();
    cashier = await server.signIn("Cashier", "2222");
    manager = await server.signIn("Manager", "1111");
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    await folder?.remove();
  });

  const openKitchen = async (options: Parameters<typeof openPage>[2] = {}) => {
    const opened = await openPage(browser, server.url, options);
    await signIn(opened.page, "Kitchen");
    await opened.page.getByRole("main").getByRole("group").first().waitFor();
    return opened;
  };
  /** One order; each dish is a line. Answers with the order. */
  const sell = async (lines: Readonly<Record<string, number>>, over: object = {}) => {
    const asked = await Promise.all(
      Object.entries(lines).map(async ([sku, quantity]) =>
        line(await cashier.dish(sku), quantity, over),
      ),
    );
    const { status, body } = await cashier.place(order(asked));
    expect(status, JSON.stringify(body)).toBe(201);
    return body as { id: string; number: number; version: number };
  };
  const cancel = async ({ id, version }: { id: string; version: number }) => {
    const body = { version, reason: "Guest left", stock: "restock" };
    const answer = await manager.send("POST", `/api/orders/${id}/cancel`, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };
  const list = async () => (await cashier.get("/api/kitchen/tickets")).body.items as Ticket[];
  const ticketOf = (page: Page, number: number) =>
    page.getByRole("article", { name: new RegExp(`(Order|အော်ဒါ) ${number}[,၊]`) });
  const statusOf = async (number: number) =>
    (await list()).find((ticket) => ticket.number === number)?.status ?? "gone";

  it("shows what is sold at once, and follows it until it is served and brought back", async () => {
    const { page, context, complaints } = await openKitchen();
    await page.getByText("Nothing to cook").waitFor();
    const { number } = await sell({ "MOH-01": 2, "KYO-01": 1 }, { note: "no coriander" });
    const ticket = ticketOf(page, number);
    await ticket.getByText("New", { exact: true }).waitFor();
    await ticket.getByText("no coriander").first().waitFor();
    await page.getByRole("status").getByText(`New: order ${number}`).waitFor({ state: "attached" });

    // A line that is crossed off starts the ticket; a second tap puts it back.
    const mohinga = ticket.getByRole("button", { name: /Mohinga/ });
    await mohinga.click();
    await ticket.getByText("Cooking", { exact: true }).waitFor();
    expect(await mohinga.getAttribute("aria-pressed")).toBe("true");
    await expectSoon(() => statusOf(number)).toBe("cooking");
    await mohinga.click();
    await expectSoon(() => mohinga.getAttribute("aria-pressed")).toBe("false");

    // Anywhere on the ticket moves it on, and wet fingers that bounce move it one step only.
    const [x, y] = await middleOf(ticket.getByText("Takeaway"));
    await page.mouse.dblclick(x, y);
    await ticket.getByRole("button", { name: "Served" }).waitFor();
    await expectSoon(() => statusOf(number)).toBe("ready");
    await ticket.getByRole("button", { name: "One step back" }).click();
    await expectSoon(() => statusOf(number)).toBe("cooking");

    // By keyboard alone.
    await page.waitForTimeout(450); // longer than a bounce
    await ticket.getByRole("button", { name: "Ready" }).press("Enter");
    await expectSoon(() => statusOf(number)).toBe("ready");
    await page.waitForTimeout(450);
    await ticket.getByRole("button", { name: "Served" }).press("Enter");
    await ticket.waitFor({ state: "detached" });
    await expectSoon(() => statusOf(number)).toBe("gone");
    await page.getByRole("button", { name: "Recall" }).click();
    await ticket.getByText("Ready", { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("keeps what was cancelled struck through until somebody has seen it", async () => {
    const { page, context } = await openKitchen();
    const sold = await sell({ "OHN-01": 1 });
    const ticket = ticketOf(page, sold.number);
    await ticket.waitFor();
    await cancel(sold);
    await ticket.getByText("Cancelled: do not cook").waitFor();
    expect(await ticket.locator("s").innerText()).toBe("1 Ohn no khao swe");
    await page.reload();
    await ticket.getByText("Cancelled: do not cook").waitFor();
    await ticket.getByRole("button", { name: "Seen" }).click();
    await ticket.waitFor({ state: "detached" });
    await expectSoon(() => statusOf(sold.number)).toBe("gone");
    await context.close();
  });

  it("shows one station or all, and how many of each dish are still to be made", async () => {
    const { page, context } = await openKitchen();
    const { number } = await sell({ "MOH-01": 3, "TEA-01": 2 });
    await expectSoon(() => ticketOf(page, number).count()).toBe(2);
    await page.getByRole("button", { name: /^Noodles/ }).click();
    await expectSoon(() => ticketOf(page, number).count()).toBe(1);
    await page.getByRole("button", { name: "All day" }).click();
    const allDay = page.getByRole("complementary", { name: "All day" });
    const open = (await list()).filter(({ station }) => station === "noodle").length;
    expect(await page.getByRole("article").count()).toBe(open);
    await allDay.getByRole("listitem").filter({ hasText: "Mohinga" }).waitFor();
    // The device remembers its station.
    await page.reload();
    await expectSoon(() => ticketOf(page, number).count()).toBe(1);
    await context.close();
  });

  it.each([
    { language: "en", size: SIZES[0] },
    { language: "my", size: SIZES[1] },
  ] as const)(
    "has no fault that axe knows of ($language, $size.width)",
    async ({ size, language }) => {
      const { page, context, complaints } = await openKitchen({ size, language });
      const sold = await sell({ "MTI-01": 1, "KYO-01": 1 });
      await ticketOf(page, sold.number).first().waitFor();
      await cancel(sold);
      await page.locator("s").first().waitFor();
      const inspection = createInspection(page);
      await inspection.look("tickets");
      await page.getByRole("button", { name: /All day|စုစုပေါင်း/ }).click();
      await inspection.look("all day");
      await page.getByRole("button", { name: /^(Settings|ချိန်ညှိရန်)$/ }).click();
      await page.getByRole("dialog").waitFor();
      await inspection.look("settings");
      expect(inspection.found).toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it("says since when the server is gone, and equals its list when it is back", async () => {
    const { page, context } = await openKitchen();
    const { number } = await sell({ "MOH-01": 1 });
    const ticket = ticketOf(page, number);
    await ticket.waitFor();
    const { port } = new URL(server.url);
    await server.end("SIGKILL");
    await page.getByText(/No connection to the server since \d\d:\d\d:\d\d/).waitFor();
    // What cannot be sent is not shown as if it were.
    await ticket.getByRole("button", { name: "Start" }).click();
    const refusal = page.getByRole("alert").filter({ hasText: "Not done." });
    await refusal.getByText("repeat it if not").waitFor();
    await ticket.getByText("New", { exact: true }).waitFor();
    await page.getByRole("button", { name: /^Signed in/ }).click();
    await page.getByText("Kitchen is still signed in").waitFor();
    server = await folder.start({ PORT: port });
    cashier = await server.signIn("Cashier", "2222");
    // While it was not looking, another screen has served a ticket and something was sold.
    const mine = (await list()).find((one) => one.number === number);
    const served = await (
      await server.signIn("Kitchen", "3333")
    ).send("POST", `/api/kitchen/tickets/${mine?.id}/advance`, { version: 1, to: "served" });
    expect(served.status).toBe(200);
    const sold = await sell({ "MOH-01": 2 });
    await page
      .getByText("No connection to the server")
      .waitFor({ state: "hidden", timeout: 30_000 });
    await ticketOf(page, sold.number).waitFor();
    await ticket.waitFor({ state: "detached" });
    const shown = await page.getByRole("article").locator("header b").first().innerText();
    const open = await list();
    expect(await page.getByRole("article").count()).toBe(open.length);
    expect(shown).toBe(String(open[0]?.number));
    await context.close();
  });

  it("brings one ticket back for a double tap on Recall", async () => {
    const { page, context } = await openKitchen();
    const [first, second] = [await sell({ "MOH-01": 1 }), await sell({ "MOH-01": 1 })];
    for (const { number } of [first, second]) {
      const ticket = ticketOf(page, number);
      for (const step of ["Start", "Ready", "Served"]) {
        await ticket.getByRole("button", { name: step, exact: true }).click();
        await page.waitForTimeout(450); // longer than a bounce
      }
      await expectSoon(() => statusOf(number)).toBe("gone");
    }
    const before = (await list()).length;
    await page.getByRole("button", { name: "Recall" }).dblclick();
    await ticketOf(page, second.number).waitFor();
    await page.waitForTimeout(1_000);
    expect((await list()).length).toBe(before + 1);
    await context.close();
  });

  it("tells a Burmese cook in Burmese that there is nothing to bring back", async () => {
    const { page, context } = await openKitchen({ language: "my" });
    const problem = { type: "/problems/nothing-to-recall", status: 409, detail: "Nothing there" };
    await page.route("**/api/kitchen/recall", (route) =>
      route.fulfill({
        status: 409,
        contentType: "application/problem+json",
        body: JSON.stringify(problem),
      }),
    );
    await page.getByRole("button", { name: "ပြန်ခေါ်" }).click();
    const refusal = page.getByRole("alert").getByText("ပြန်ခေါ်စရာ အော်ဒါ မရှိပါ။");
    await refusal.waitFor();
    expect(await refusal.innerText()).not.toContain("Nothing there");
    await context.close();
  });

  it("leaves room for the stations on a phone", async () => {
    const { page, context } = await openKitchen({ size: { width: 360, height: 740 } });
    const stations = page.getByRole("group", { name: "Station" });
    expect((await stations.boundingBox())?.width).toBeGreaterThan(300);
    expect((await page.getByRole("button", { name: "Settings" }).boundingBox())?.x).toBeLessThan(
      310,
    );
    await context.close();
  });

  it("says that it does not show all that is open", async () => {
    await sell({ "MOH-01": 1 });
    const { page, context } = await openKitchen();
    await page.getByRole("article").first().waitFor();
    const cut = page.getByRole("status").getByText("More tickets are open than these");
    expect(await cut.count()).toBe(0);
    await page.route(/kitchen.tickets/, async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...(await answer.json()), nextCursor: "more" } });
    });
    await page.reload();
    await cut.waitFor();
    await context.close();
  });

  it("opens the door when its session was ended elsewhere, rather than stand there quiet and old", async () => {
    const { page, context } = await openKitchen();
    await page.getByRole("button", { name: "Recall" }).waitFor();
    await page.evaluate("fetch('/api/sessions/current', { method: 'DELETE' })");
    await page.getByText("Who is here?").waitFor();
    await context.close();
  });

  it("says within seconds that nothing comes when the network swallows everything", async () => {
    const { page, context } = await openKitchen();
    await page.getByRole("button", { name: "Recall" }).waitFor();
    // The open stream stays open, as it does where a cable was pulled; all else is never answered.
    await page.route(/healthz|api\//, () => undefined);
    await page.getByText(/No connection to the server since \d/).waitFor({ timeout: 25_000 });
    await context.close();
  });

  it("shows each tap at once with more than 60 open tickets", async () => {
    for (let order = 0; order < 60; order++) await sell({ "MOH-01": 1 });
    await expectSoon(async () => (await list()).length).toBeGreaterThanOrEqual(60);
    const { page, context } = await openKitchen();
    const tickets = page.getByRole("article");
    await expectSoon(() => tickets.count()).toBeGreaterThanOrEqual(60);
    const timings = await collectEventTimings(page);
    const lines = tickets.getByRole("button", { name: /Mohinga/ });
    for (let index = 0; index < 15; index++) await lines.nth(index * 4).click();
    await expectPrompt(timings, "With more than 60 open tickets");
    await context.close();
  });
});
