// Loads the page anew while the server is there. Without it the browser would show its own error page, and what still
// works here would be lost.

const ANSWER_MS = 5_000;

/** False, and nothing happens, where the server does not answer. */
export async function reload(): Promise<boolean> {
  try {
    await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    return false;
  }
  location.reload();
  return true;
}
