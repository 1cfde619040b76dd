// What `npm run audit` understands, and which requests it makes of it.
import type { Entry, Verification } from "#modules/audit";
import { instantOf, parse, UsageError } from "./arguments.js";
import type { Api } from "./server.js";
import { renderTable } from "./table.js";

export const USAGE = `npm run audit -- <command>

  verify                 is every entry as it was written? Exits with 1 when not
        --head <position:hash>   where the log ended once, as kept elsewhere; default: as the last verification kept it
  list                   who did what, newest first
        --actor <id>  --action <name>  --subject <id>  --since <time>  --until <time>  --limit <n>

  --json                 prints what the server answers`;

const PAGE = 100;
const options = {
  head: { type: "string" },
  actor: { type: "string" },
  action: { type: "string" },
  subject: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
  limit: { type: "string", default: "50" },
  json: { type: "boolean", default: false },
} as const;

/** Heads that were kept outside the database. */
export interface Heads {
  last(): Promise<string | undefined>;
  keep(head: string): Promise<void>;
}

export interface Said {
  readonly text: string;
  readonly ok: boolean;
}

/** @throws UsageError before anything is asked of the server */
export function readCommand(args: readonly string[]): (api: Api, heads: Heads) => Promise<Said> {
  const { values, positionals } = parse({ args: [...args], options, allowPositionals: true });
  const [command = "verify", ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much.`);
  const { json, limit: asked, head, ...filter } = values;
  const show = <Answer>(answer: Answer, render: (answer: Answer) => string) =>
    json ? JSON.stringify(answer, null, 2) : render(answer);

  if (command === "verify") {
    return async (api, heads) => {
      const known = head ?? (await heads.last());
      const query = known === undefined ? "" : `?head=${encodeURIComponent(known)}`;
      const answer = await api.call<Verification>("GET", `/api/audit/verification${query}`);
      if (answer.sound) await heads.keep(answer.head);
      return { text: show(answer, (one) => renderVerification(one, known)), ok: answer.sound };
    };
  }
  if (command === "list") {
    const limit = Number(asked);
    if (!Number.isInteger(limit) || limit < 1) throw new UsageError("--limit is a whole number.");
    const since = instantOf("--since", filter.since);
    const until = instantOf("--until", filter.until);
    return async (api) => ({
      text: show(await listAll(api, { ...filter, since, until }, limit), renderEntries),
      ok: true,
    });
  }
  throw new UsageError(`There is no command ${command}.`);
}

async function listAll(
  api: Api,
  filter: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<Entry[]> {
  const items: Entry[] = [];
  for (let cursor: string | null = ""; cursor !== null && items.length < limit;) {
    const query = new URLSearchParams({ limit: String(Math.min(PAGE, limit - items.length)) });
    if (cursor !== "") query.set("cursor", cursor);
    for (const [name, value] of Object.entries(filter)) if (value) query.set(name, value);
    const page: { items: Entry[]; nextCursor: string | null } = await api.call(
      "GET",
      `/api/audit?${query.toString()}`,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

function renderVerification(
  { sound, entries, head, faults }: Verification,
  known: string | undefined,
): string {
  const count = `${entries.toLocaleString("en")} ${entries === 1 ? "entry" : "entries"}`;
  const [position = "0"] = (known ?? "0").split(":");
  const since = known === undefined ? "" : `, and with where it ended once (entry ${position})`;
  return sound
    ? `${count} fit together${since}. The log ends at\n${head}`
    : [
        ...faults.map(({ position: where, what }) => `✗ entry ${where}: ${what}`),
        `The audit log is not as it was written: ${count} read. Restore a backup beside it and compare.`,
      ].join("\n");
}

function renderEntries(entries: readonly Entry[]): string {
  if (entries.length === 0) return "No entry fits.";
  return renderTable(
    ["#", "When (UTC)", "Who", "What", "To", "From", "Approved by", "Why"],
    entries.map((one) => [
      one.position,
      one.at.replace("T", " ").slice(0, 19),
      one.actor.name,
      one.action,
      `${one.subject.type} ${one.subject.name ?? one.subject.id}`,
      one.from ?? "–",
      one.approvedBy?.name ?? "–",
      one.reason ?? "–",
    ]),
  );
}
