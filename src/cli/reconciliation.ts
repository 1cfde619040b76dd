// Asks the server whether everything adds up, waits for quiet first, and prints the answer.
import type { Reconciliation } from "../system/contract.js";
import type { Api } from "./server.js";
import { renderTable } from "./table.js";

/** Waits until sagas have ended and events have arrived, at most `patienceMs`. */
export async function reconcileQuietly(api: Api, patienceMs: number): Promise<Reconciliation> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const result = await api.call<Reconciliation>("GET", "/api/system/reconciliation");
    const settled = result.quiet && result.reservations === 0;
    if (settled || Date.now() > deadline) return result;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** True when all is quiet and nothing differs. */
export function printReconciliation(result: Reconciliation): boolean {
  console.log(
    renderTable(
      ["Reconciliation", "Count"],
      [
        ["Orders", result.orders],
        ["of these cancelled", result.cancelled],
        ["Portions sold", result.sold],
        ["Σ orders not cancelled", result.ordersTotal],
        ["Σ captured − Σ refunded", result.captured - result.refunded],
        ["Reservations left", result.reservations],
        ["Sagas open", result.openSagas],
        ["Events on their way", result.pendingEvents],
        ["Dead letters", result.deadLetters],
      ],
    ),
  );
  for (const { what, subject, detail } of result.differences) {
    console.log(`✗ ${what}: ${subject}: ${detail}`);
  }
  for (const { what, subject, detail } of result.accepted) {
    console.log(`– ${what}: ${subject}: ${detail}`);
  }
  if (!result.quiet)
    console.log("✗ Not quiet yet: work is still under way. Run it again in a moment.");
  const sound = result.quiet && result.differences.length === 0;
  if (sound) console.log("✓ Everything adds up.");
  return sound;
}
