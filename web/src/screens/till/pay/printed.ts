// Which receipts this device has printed: what is printed again is a copy.
import { createSetting } from "../../../parts/setting.js";

const MAX = 300;

export const printed = createSetting<readonly string[]>("printed", (stored) =>
  Array.isArray(stored) ? stored.filter((id) => typeof id === "string") : [],
);

export function printReceipt(orderId: string): void {
  window.print();
  printed.set([orderId, ...printed.get().filter((id) => id !== orderId)].slice(0, MAX));
}
