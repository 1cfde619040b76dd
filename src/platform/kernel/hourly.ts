// Work that tidies up: soon after the start, and then each hour. A process that never lives for an hour, because it is
// switched off each night or is killed again and again, tidies up too.

const FIRST_MS = 10_000;
const HOUR_MS = 3_600_000;

/** `work` must not throw. Keeps no process alive. Answers with what ends it. */
export function hourly(work: () => void): () => void {
  const first = setTimeout(work, FIRST_MS).unref();
  const others = setInterval(work, HOUR_MS).unref();
  return () => {
    clearTimeout(first);
    clearInterval(others);
  };
}
