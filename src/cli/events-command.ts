// What `npm run events` understands, and which requests it makes of it. It prints by the function that it is given.
import type { EventDetail, EventsStatus, StoredEvent } from "../system/events-contract.js";
import { instantOf, parse, UsageError } from "./arguments.js";
import { renderDetail, renderList, renderStatus } from "./events-view.js";
import type { Api } from "./server.js";

export const USAGE = `npm run events -- <command>

  status                        outboxes and subscriptions: backlog, lag, dead letters
  list                          events that could not be applied, oldest first
        --subscription <name>  --status waiting|held|dead|discarded  --key <key>  --from <time>  --to <time>
        --limit <n>
  show <id>                     one event: what it says, and what became of it in each subscription
  replay <id>                   try it again at once; or replay several:
        --subscription <name>  --from <time>  --to <time>  --all   [--reason "…"]
  discard <id>                  give it up for one subscription, so that its key goes on
        --subscription <name>  --reason "…"
  pause <subscription>          deliver nothing more to it       [--reason "…"]
  resume <subscription>         deliver again, on from where it stood  [--reason "…"]

  --json                        prints what the server answers`;

const PAGE = 100;
const DEFAULT_LIMIT = "100";

const options = {
  subscription: { type: "string" },
  status: { type: "string" },
  key: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  limit: { type: "string" },
  reason: { type: "string" },
  all: { type: "boolean" },
  json: { type: "boolean" },
} as const;
type Option = keyof typeof options;

interface Command {
  /** What is named without an option. */
  readonly subject?: string;
  readonly takes: readonly Option[];
}
/** What a command does not take it refuses: left out unseen, a narrowing would let it do more than was said. */
const commands: Readonly<Record<string, Command>> = {
  status: { takes: [] },
  list: { takes: ["subscription", "status", "key", "from", "to", "limit"] },
  show: { subject: "<id>", takes: [] },
  replay: { subject: "<id>", takes: ["subscription", "from", "to", "all", "reason"] },
  discard: { subject: "<id>", takes: ["subscription", "reason"] },
  pause: { subject: "<subscription>", takes: ["reason"] },
  resume: { subject: "<subscription>", takes: ["reason"] },
};

/** @throws UsageError for what the command does not take, with what it takes */
function refuseWhatIsTooMuch(
  name: string,
  { subject, takes }: Command,
  { given, words }: { readonly given: readonly Option[]; readonly words: readonly string[] },
): void {
  const extra = [
    ...words.slice(subject === undefined ? 0 : 1),
    ...given.filter((option) => option !== "json" && !takes.includes(option)).map(toFlag),
  ];
  if (extra.length === 0) return;
  const known = [...(subject === undefined ? [] : [subject]), ...takes.map(toFlag), "--json"];
  throw new UsageError(`${extra.join(" ")} is too much: ${name} takes ${known.join(", ")}.`);
}

const toFlag = (option: Option) => `--${option}`;

/** @throws UsageError before anything is asked of the server */
export function readCommand(args: readonly string[]): (api: Api) => Promise<string> {
  const { values, positionals } = parse({ args: [...args], options, allowPositionals: true });
  const [command = "status", ...words] = positionals;
  const known = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!known)
    throw new UsageError(
      `There is no command ${command}. There are ${Object.keys(commands).join(", ")}.`,
    );
  refuseWhatIsTooMuch(command, known, { given: Object.keys(values) as Option[], words });
  const [subject] = words;
  const { subscription, status, key, reason, json } = values;
  const from = instantOf("--from", values.from);
  const to = instantOf("--to", values.to);
  const show = <Answer>(answer: Answer, render: (answer: Answer) => string) =>
    json ? JSON.stringify(answer, null, 2) : render(answer);
  const need = (what: string) => {
    if (subject === undefined) throw new UsageError(`${command} needs ${what}.`);
    return subject;
  };

  switch (command) {
    case "status":
      return async (api) =>
        show(await api.call<EventsStatus>("GET", "/api/system/events/status"), renderStatus);
    case "list": {
      const limit = Number(values.limit ?? DEFAULT_LIMIT);
      if (!Number.isInteger(limit) || limit < 1) throw new UsageError("--limit is a whole number.");
      return async (api) => {
        const found = await listAll(api, { subscription, status, key, from, to }, limit);
        return show(found, ({ items, more }) => renderList(items, more));
      };
    }
    case "show": {
      const id = need("the id of an event");
      return async (api) =>
        show(await api.call<EventDetail>("GET", `/api/system/events/${path(id)}`), renderDetail);
    }
    case "replay": {
      const all = values.all ? { all: true } : {};
      const body = { eventId: subject, subscription, from, to, reason, ...all };
      if (!(subject ?? subscription ?? from ?? to) && !values.all)
        throw new UsageError("replay needs an id, --subscription, --from or --to, or --all.");
      return async (api) =>
        show(
          await api.call<{ replayed: number }>("POST", "/api/system/events/replay", body),
          ({ replayed }) =>
            replayed === 0
              ? "Nothing to replay: no dead or waiting event fits."
              : `${replayed} ${replayed === 1 ? "event is" : "events are"} tried again now.`,
        );
    }
    case "discard": {
      const id = need("the id of an event");
      if (subscription === undefined || reason === undefined)
        throw new UsageError('discard needs --subscription <name> and --reason "…".');
      const body = { subscription, reason };
      return async (api) =>
        show(
          await api.call<StoredEvent>("POST", `/api/system/events/${path(id)}/discard`, body),
          ({ event, discarded }) =>
            `${event.name} ${event.id} is given up for ${subscription} (${discarded?.by ?? ""}: ${discarded?.reason ?? ""}).`,
        );
    }
    case "pause":
    case "resume": {
      const name = need("the name of a subscription");
      return async (api) =>
        show(
          await api.call<{ outboxes: { publisher: string; status: string }[] }>(
            "POST",
            `/api/system/events/subscriptions/${path(name)}/${command}`,
            { reason },
          ),
          ({ outboxes }) =>
            `${name}: ${outboxes.map((one) => `${one.status} at ${one.publisher}`).join(", ") || "heard by no outbox yet"}.`,
        );
    }
    default:
      throw new Error(`${command} is in the table and does nothing`);
  }
}

const path = (part: string) => encodeURIComponent(part);

async function listAll(
  api: Api,
  query: Readonly<Record<string, string | undefined>>,
  limit: number,
): Promise<{ items: StoredEvent[]; more: boolean }> {
  const items: StoredEvent[] = [];
  let cursor: string | null = null;
  do {
    const parameters = new URLSearchParams({
      limit: String(Math.min(PAGE, limit - items.length)),
    });
    for (const [name, value] of Object.entries({ ...query, cursor })) {
      if (typeof value === "string") parameters.set(name, value);
    }
    const page: { items: StoredEvent[]; nextCursor: string | null } = await api.call(
      "GET",
      `/api/system/events?${parameters.toString()}`,
    );
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return { items, more: cursor !== null };
}
