// Loads the page anew while the server is there. Without it the browser would show its own error page, and what still
// works here would be lost.
import { askHealth } from "./health.js";

/** False, and nothing happens, where the server does not answer. */
export async function reload(): Promise<boolean> {
  try {
    await askHealth();
  } catch {
    return false;
  }
  location.reload();
  return true;
}
