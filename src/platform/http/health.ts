// Is everything ready? Named checks with a deadline each; what they answer is told. Why they fail is only logged, unless
// they say it in words for strangers.
import type { Logger } from "#platform/observability";

/** Says why a part is not ready. Anybody may read `detail`. */
export class NotReady extends Error {
  override name = "NotReady";
  constructor(
    message: string,
    readonly detail: unknown,
  ) {
    super(message);
  }
}

/** Throws when its part is not ready; a plain object it answers with is shown. */
export type Check = () => Promise<unknown>;

export interface Readiness {
  readonly status: "ready" | "not-ready";
  readonly checks: Readonly<Record<string, { ok: boolean; tookMs: number; detail?: unknown }>>;
}

const DEADLINE_MS = 3_000;
/** Many askers share one answer, so that asking costs the stores nothing. */
const FRESH_MS = 500;

export function createReadiness(
  checks: Readonly<Record<string, Check>>,
  logger: Logger,
  deadlineMs = DEADLINE_MS,
): () => Promise<Readiness> {
  let last: { readonly at: number; readonly answer: Promise<Readiness> } | undefined;

  async function ask(name: string, check: Check) {
    const startedAt = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new Error(`no answer within ${deadlineMs} ms`);
      timer = setTimeout(() => reject(error), deadlineMs);
    });
    const took = () => Math.round(performance.now() - startedAt);
    try {
      const detail = await Promise.race([check(), late]);
      const shown = typeof detail === "object" && detail !== null ? { detail } : {};
      return [name, { ok: true, tookMs: took(), ...shown }] as const;
    } catch (error) {
      logger.warn({ check: name, err: error }, "a readiness check failed");
      const told = error instanceof NotReady ? { detail: error.detail } : {};
      return [name, { ok: false, tookMs: took(), ...told }] as const;
    } finally {
      clearTimeout(timer);
    }
  }

  async function askAll(): Promise<Readiness> {
    const answers = await Promise.all(
      Object.entries(checks).map(([name, check]) => ask(name, check)),
    );
    const ready = answers.every(([, { ok }]) => ok);
    return { status: ready ? "ready" : "not-ready", checks: Object.fromEntries(answers) };
  }

  return () => {
    const now = performance.now();
    if (!last || now - last.at > FRESH_MS) last = { at: now, answer: askAll() };
    return last.answer;
  };
}
