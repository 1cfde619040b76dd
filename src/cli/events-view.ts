// Events as text for a terminal. Pure.
import type {
  Delivery,
  EventDetail,
  EventsStatus,
  StoredEvent,
} from "../system/events-contract.js";
import { renderTable } from "./table.js";

const NONE = "–";
const LONGEST_CAUSE = 70;
const STACK_LINES = 6;

const cut = (text: string, length: number) =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;
const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** `850 ms`, `12 s`, `3 min`, `5 h`, `2 d`. */
export function duration(ms: number): string {
  const units = [
    [1_000, 1, "ms"],
    [60_000, 1_000, "s"],
    [3_600_000, 60_000, "min"],
    [86_400_000, 3_600_000, "h"],
    [Number.POSITIVE_INFINITY, 86_400_000, "d"],
  ] as const;
  const [, size, unit] = units.find(([below]) => ms < below) ?? units[0];
  return `${Math.round(ms / size)} ${unit}`;
}

export function renderStatus({ outboxes, subscriptions }: EventsStatus): string {
  const stalled = outboxes.flatMap(({ publisher, stalled: why }) =>
    why === null ? [] : [`✗ ${publisher} stands still: ${why}`],
  );
  const dead = subscriptions.filter((one) => one.dead > 0);
  return [
    renderTable(
      ["Outbox", "Waiting", "Oldest", "Archived", "In flight", "Relayed"],
      outboxes.map(({ publisher, backlog, ageMs, archived, inFlight, relay }) => [
        publisher,
        backlog,
        backlog > 0 ? duration(ageMs) : NONE,
        archived,
        inFlight,
        relay === "nobody" ? "by nobody" : relay,
      ]),
    ),
    "",
    renderTable(
      [
        "Subscription",
        "Status",
        "Behind",
        "Queued",
        "Retrying",
        "Held",
        "Dead",
        "Applied/min",
        "Lag",
      ],
      subscriptions.map((one) => [
        one.name,
        statusOf(one.outboxes),
        one.behind,
        one.queued,
        one.waiting,
        one.held,
        one.dead,
        one.applied,
        one.lagMs ? `${duration(one.lagMs.p50)}, p99 ${duration(one.lagMs.p99)}` : NONE,
      ]),
    ),
    ...(stalled.length > 0 ? ["", ...stalled] : []),
    ...(dead.length > 0
      ? ["", "Dead letters wait for a person: npm run events -- list --status dead"]
      : []),
  ].join("\n");
}

/** One word where all outboxes agree; otherwise each with its publisher. */
function statusOf(standings: EventsStatus["subscriptions"][number]["outboxes"]): string {
  const words = new Set(standings.map(({ status }) => status));
  if (words.size === 0) return "new";
  if (words.size === 1) return [...words].join();
  return standings.map(({ publisher, status }) => `${publisher} ${status}`).join(", ");
}

export function renderList(items: readonly StoredEvent[], more: boolean): string {
  if (items.length === 0) return "Nothing is stored: everything that was heard was applied.";
  const table = renderTable(
    ["Event", "Name", "Subscription", "Status", "Attempts", "Happened", "Last cause"],
    items.map(({ event, subscription, status, attempts, causes, discarded }) => [
      event.id,
      event.name,
      subscription,
      status,
      attempts,
      event.occurredAt,
      discarded
        ? cut(`discarded by ${discarded.by}: ${oneLine(discarded.reason)}`, LONGEST_CAUSE)
        : cut(oneLine(causes.at(-1)?.message ?? NONE), LONGEST_CAUSE),
    ]),
  );
  const count = `${items.length} stored ${items.length === 1 ? "event" : "events"}${more ? ", and more: raise --limit" : ""}.`;
  return `${table}\n\n${count} All causes of one: npm run events -- show <id>`;
}

export function renderDetail({ event, delivered, deliveries }: EventDetail): string {
  const head: [string, string][] = [
    ["Event", event.id],
    ["Name", event.name],
    ["Key", event.key],
    ["Happened", event.occurredAt],
    ["Trace", event.trace ?? NONE],
    ["Outbox", `${event.publisher}, ${delivered ? "delivered" : "waiting to be delivered"}`],
  ];
  const width = Math.max(...head.map(([label]) => label.length));
  return [
    ...head.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
    "",
    JSON.stringify(event.data, null, 2),
    "",
    ...deliveries.flatMap(renderDelivery),
  ].join("\n");
}

function renderDelivery(delivery: Delivery): string[] {
  const { subscription, status, storedAt, attempts, nextAttemptAt, causes, discarded } = delivery;
  const sign = { applied: "✓", dead: "✗" }[status as string] ?? "·";
  const facts = [
    status,
    ...(storedAt === null ? [] : [storedAt]),
    ...(attempts === null ? [] : [`${attempts} failed attempts`]),
    ...(nextAttemptAt === null ? [] : [`next at ${nextAttemptAt}`]),
    ...(discarded ? [`discarded by ${discarded.by} at ${discarded.at}: ${discarded.reason}`] : []),
  ];
  return [
    `${sign} ${subscription}: ${facts.join(", ")}`,
    ...causes.flatMap(({ at, message, stack }) => [
      `    ${at}  ${oneLine(message)}`,
      ...framesOf(stack).map((frame) => `        ${frame}`),
    ]),
  ];
}

const framesOf = (stack: string | null): string[] =>
  (stack ?? "")
    .split("\n")
    .map((text) => text.trim())
    .filter((text) => text.startsWith("at "))
    .slice(0, STACK_LINES);
