// Whether the server is there, asked in a way that no database can hold up.

const ANSWER_MS = 5_000;

/** The headers of its answer. Rejects where nobody answers, or something on the way does: a page of the Wi-Fi. */
export async function askHealth(): Promise<Headers> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const { headers } = await fetch("/healthz", { cache: "no-store", signal });
  if (!headers.get("content-type")?.startsWith("application/json"))
    throw new TypeError("It was not the server that answered");
  return headers;
}
