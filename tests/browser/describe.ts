// Browser tests need a Chromium. Without one on the machine they are skipped and say why; in CI (CI=true) nothing is
// skipped: there a missing browser is a failure.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";
import { bootTiffin, type TestTiffin } from "../system/tiffin.js";
import { executablePath, launch } from "./browser.js";

/** A `describe` that is skipped, with the reason in its title, where there is no Chromium. */
export function describeInBrowser(title: string, tests: () => void): void {
  if (executablePath !== undefined || process.env["CI"]) describe(title, tests);
  else describe.skip(`${title} [skipped: no Chromium here; apt-get install chromium]`, tests);
}

/** A whole Tiffin with its screens and a Chromium, handed over before the first test and ended after the last. */
export function bootWithBrowser(keep: (tiffin: TestTiffin, browser: Browser) => void): void {
  let tiffin: TestTiffin | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    tiffin = await bootTiffin({}, { screens: "built" });
    browser = await launch();
    keep(tiffin, browser);
  });
  afterAll(async () => {
    await browser?.close();
    await tiffin?.stop();
  });
}
