// An order's story as text for a terminal: a timeline in columns. Pure.
import { writeMoney } from "#platform/kernel";
import type { Story, StoryEntry } from "../system/story/contract.js";
import { renderTable } from "./table.js";

const SIGN: Readonly<Record<StoryEntry["outcome"], string>> = {
  done: "✓",
  failed: "✗",
  waiting: "…",
};
const LONGEST_DETAIL = 70;

/** Milliseconds since the story began, as `+12 ms`, or seconds and more where it went on for long. */
export function since(ms: number): string {
  if (ms < 10_000) return `+${ms} ms`;
  if (ms < 600_000) return `+${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 600 ? `+${minutes} min` : `+${Math.floor(minutes / 60)} h`;
}

const detailOf = ({ detail = "" }: StoryEntry): string => {
  const line = detail.replaceAll(/\s+/g, " ").trim();
  const letters = Array.from(line);
  return letters.length > LONGEST_DETAIL
    ? `${letters.slice(0, LONGEST_DETAIL - 1).join("")}…`
    : line;
};

export function renderStory(story: Story): string {
  const { orderId, number, status, total, from, to, traces, entries, missing } = story;
  const began = Date.parse(from);
  const head = [
    number === undefined ? `Order ${orderId}, never recorded` : `Order ${number} (${orderId})`,
    ...(status === undefined ? [] : [status]),
    ...(total ? [writeMoney(total)] : []),
  ].join(", ");
  return [
    head,
    `${from} to ${to}, ${entries.length} entries`,
    ...traces.map((trace) => `Trace ${trace}`),
    "",
    renderTable(
      ["Since", "", "Module", "Kind", "What", "Took", "More"],
      entries.map((entry) => [
        since(Date.parse(entry.at) - began).padStart(9),
        SIGN[entry.outcome],
        entry.module,
        entry.kind,
        `${entry.parent === undefined ? "" : "  "}${entry.title}`,
        entry.tookMs === undefined ? "" : `${entry.tookMs} ms`,
        detailOf(entry),
      ]),
    ),
    ...(missing.length > 0 ? ["", "Not told:", ...missing.map((one) => `  ${one}`)] : []),
  ].join("\n");
}
