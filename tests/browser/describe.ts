// Browser tests need a Chromium. Without one on the machine they are skipped and say why; in CI (CI=true) nothing is
// skipped: there a missing browser is a failure.
import { describe } from "vitest";
import { executablePath } from "./browser.js";

/** A `describe` that is skipped, with the reason in its title, where there is no Chromium. */
export function describeInBrowser(title: string, tests: () => void): void {
  if (executablePath !== undefined || process.env["CI"]) describe(title, tests);
  else describe.skip(`${title} [skipped: no Chromium here; apt-get install chromium]`, tests);
}
