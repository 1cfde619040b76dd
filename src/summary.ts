// The one calm page that a start prints. Pure.

export interface StartSummary {
  readonly url: string;
  /** For other devices; none where only this machine may reach it. */
  readonly network: readonly string[];
  readonly dataDir: string;
  readonly postgres: string;
  readonly documents: string;
  readonly modules: readonly string[];
  readonly restaurant: string;
  /** Shown once: the first manager's one-time PIN. */
  readonly firstManager?: { readonly name: string; readonly pin: string } | undefined;
  /** That work here: those that were changed are not among them. */
  readonly samplePins: readonly { readonly name: string; readonly pin: string }[];
  readonly migrations: number;
  readonly warnings: readonly string[];
}

export function renderSummary(summary: StartSummary, tookMs: number): string {
  const lines: [string, string][] = [
    ["Address", `${summary.url}   (API: ${summary.url}/docs)`],
    ...summary.network.map((url): [string, string] => ["Network", url]),
    ["Restaurant", summary.restaurant],
    ["Stores", `${summary.postgres}; ${summary.documents}`],
    ["Data", summary.dataDir],
    ["Modules", summary.modules.join(", ")],
  ];
  if (summary.firstManager) {
    const { name, pin } = summary.firstManager;
    lines.push([
      "Sign in",
      `${name}, one-time PIN ${pin} (shown only now; you choose your own at once)`,
    ]);
  } else if (summary.samplePins.length > 0) {
    const pins = summary.samplePins.map(({ name, pin }) => `${name} ${pin}`);
    lines.push(["Sign in", pins.join(", ")]);
  }
  if (summary.migrations > 0) lines.push(["Migrations", `${summary.migrations} applied`]);
  const width = Math.max(...lines.map(([label]) => label.length));
  return [
    "",
    `Tiffin is ready after ${(tookMs / 1000).toFixed(1)} s.`,
    "",
    ...lines.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`),
    ...summary.warnings.map((warning) => `  ! ${warning}`),
    "",
    "Stop it with Ctrl-C.",
  ].join("\n");
}
