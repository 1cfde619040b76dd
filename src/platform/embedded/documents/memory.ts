// Looks at how much memory the documents take, before there is none left: told after a collection that left little room.
import { constants, PerformanceObserver } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";

/** Of what the process may use. */
const NEARLY_FULL = 0.75;
const AGAIN_MS = 24 * 3_600_000;

/** `limit`, and what is told, in megabytes. */
export function watchMemory(limit: number, onNearlyFull: (used: number) => void): void {
  let quietUntil = -Infinity;
  const observer = new PerformanceObserver((list) => {
    // Of a collection's entry the types leave out what it is about.
    const isWhole = (entry: object) =>
      (entry as { detail?: { kind?: number } }).detail?.kind ===
      constants.NODE_PERFORMANCE_GC_MAJOR;
    if (performance.now() < quietUntil || !list.getEntries().some(isWhole)) return;
    const used = Math.round(getHeapStatistics().used_heap_size / 2 ** 20);
    if (used < limit * NEARLY_FULL) return;
    quietUntil = performance.now() + AGAIN_MS;
    onNearlyFull(used);
  });
  observer.observe({ entryTypes: ["gc"] });
}
