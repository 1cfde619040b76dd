// A real Chromium in front of a whole Tiffin. Without Chromium on the machine the tests are skipped, and seen to be.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env["CHROMIUM"] ?? CANDIDATES.find((path) => existsSync(path));
export const hasChromium = executablePath !== undefined;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const SIZES = [
  { width: 1280, height: 800 },
  { width: 1024, height: 768 },
] as const;

/** With a profile of its own that is thrown away. */
export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: executablePath ?? "", args: FLAGS });

/** What a page complained about: errors of scripts, and what the security policy refused. */
export interface Complaints {
  readonly list: string[];
}

export interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: Complaints;
}

/** A device of its own: nothing is shared with other ones. */
export async function openPage(
  browser: Browser,
  url: string,
  options: {
    readonly size?: { width: number; height: number };
    readonly language?: "en" | "my";
  } = {},
): Promise<Opened> {
  const { size = SIZES[0], language = "en" } = options;
  const context = await browser.newContext({
    viewport: { ...size },
    locale: language === "my" ? "my-MM" : "en-GB",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const list: string[] = [];
  page.on("pageerror", (error) => list.push(error.message));
  page.on("console", (message) => {
    if (/Content Security Policy|Maximum update depth|unique "key"/.test(message.text()))
      list.push(message.text());
  });
  await page.goto(url);
  return { context, page, complaints: { list } };
}

/** By the sample PIN that the door shows: two clicks from the first page to the first screen. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.locator("button", { has: page.locator(`b:text-is("${name}")`) }).click();
  await page.getByRole("button", { name: /PIN \d{4}/ }).click();
}

/** Signed in at a till that shows its menu. */
export async function openTill(
  browser: Browser,
  url: string,
  options: Parameters<typeof openPage>[2] = {},
): Promise<Opened> {
  const opened = await openPage(browser, url, options);
  await signIn(opened.page, "Cashier");
  await opened.page.locator("aside").waitFor();
  return opened;
}

let axeSource: Promise<string> | undefined;

/** What axe finds, as `rule: elements`, by the rules of WCAG 2.2 A and AA. */
export async function axe(page: Page): Promise<string[]> {
  axeSource ??= readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  // As the tools of a developer would put it in: the page's security policy does not hold for those.
  await page.evaluate(await axeSource);
  const results = (await page.evaluate(
    `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })`,
  )) as AxeResults;
  return results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
}

/** True where a page can be scrolled sideways. */
export const scrollsSideways = (page: Page): Promise<boolean> =>
  page.evaluate(
    `document.documentElement.scrollWidth > document.documentElement.clientWidth`,
  ) as Promise<boolean>;
