// A progress line for people, and a line for each tenth where only a log reads it.

export interface Progress {
  update(done: number): void;
  end(): void;
}

const WIDTH = 30;

/** Redraws one line on a terminal; elsewhere prints each tenth, so that logs stay short. */
export function createProgress(
  label: string,
  total: number,
  out: NodeJS.WriteStream = process.stderr,
): Progress {
  const started = performance.now();
  let lastTenth = -1;
  const line = (done: number) => {
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const bar = "█".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, "░");
    const seconds = (performance.now() - started) / 1000;
    const left = share > 0 ? Math.ceil(seconds / share - seconds) : 0;
    return `${label} ${bar} ${done}/${total}${share < 1 ? `, ${left} s left` : `, ${seconds.toFixed(1)} s`}`;
  };
  return {
    update(done) {
      if (out.isTTY) {
        out.write(`\r\u001B[2K${line(done)}`);
        return;
      }
      const tenth = total === 0 ? 10 : Math.floor((done / total) * 10);
      if (tenth === lastTenth) return;
      lastTenth = tenth;
      out.write(`${line(done)}\n`);
    },
    end() {
      if (out.isTTY) out.write("\n");
    },
  };
}
