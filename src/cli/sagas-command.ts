// What `npm run sagas` understands, which requests it makes of it, and what it prints.
import type { Saga } from "#modules/orders";
import { parse, UsageError } from "./arguments.js";
import type { Api } from "./server.js";
import { renderTable } from "./table.js";

export const USAGE = `npm run sagas -- list [--status open|needs-attention|running|…] [--order <id>] [--limit 50]
npm run sagas -- show <id>
npm run sagas -- resume <id>                     tries a parked saga again, once its cause is mended
npm run sagas -- abandon <id> --reason "<text>"  gives it up: it was settled by hand`;

const options = {
  status: { type: "string" },
  order: { type: "string" },
  limit: { type: "string" },
  reason: { type: "string" },
} as const;
/** What a command does not take it refuses: left out unseen, it would do something else than was said. */
const takes: Readonly<Record<string, readonly (keyof typeof options)[]>> = {
  list: ["status", "order", "limit"],
  show: [],
  resume: [],
  abandon: ["reason"],
};

/** @throws UsageError before anything is asked of the server */
export function readCommand(args: readonly string[]): (api: Api) => Promise<void> {
  const { values, positionals } = parse({ args: [...args], options, allowPositionals: true });
  const [command = "", id = ""] = positionals;
  const path = `/api/system/sagas/${encodeURIComponent(id)}`;
  const commands: Record<string, (api: Api) => Promise<void>> = {
    list: async (api) => {
      const query = new URLSearchParams({
        limit: values.limit ?? "50",
        ...(values.status !== undefined && { status: values.status }),
        ...(values.order !== undefined && { orderId: values.order }),
      });
      const { items, nextCursor } = await api.call<{ items: Saga[]; nextCursor: string | null }>(
        "GET",
        `/api/system/sagas?${query.toString()}`,
      );
      printList(items);
      if (nextCursor !== null)
        console.log("There are older ones: narrow it with --status or --order, or --limit 100.");
    },
    show: async (api) => printSaga(await api.call<Saga>("GET", path)),
    resume: async (api) => printSaga(await api.call<Saga>("POST", `${path}/resume`)),
    abandon: async (api) =>
      printSaga(await api.call<Saga>("POST", `${path}/abandon`, { reason: values.reason })),
  };
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!run)
    throw new UsageError(command === "" ? "Name a command." : `There is no command ${command}.`);
  const extra = [
    ...positionals.slice(command === "list" ? 1 : 2),
    ...Object.keys(values)
      .filter((option) => !takes[command]?.some((taken) => taken === option))
      .map((option) => `--${option}`),
  ];
  if (extra.length > 0) throw new UsageError(`${extra.join(" ")} is too much for ${command}.`);
  if (command !== "list" && id === "") throw new UsageError(`${command} needs the id of a saga.`);
  if (command === "abandon" && values.reason === undefined)
    throw new UsageError("abandon needs --reason.");
  return run;
}

function printList(sagas: readonly Saga[]): void {
  if (sagas.length === 0) return console.log("No such sagas.");
  console.log(
    renderTable(
      ["Saga", "Definition", "Order", "Status", "Started", "Took", "Steps"],
      sagas.map((saga) => [
        saga.id,
        saga.definition,
        saga.orderId,
        saga.status,
        timeOf(saga.startedAt),
        saga.endedAt === undefined
          ? "–"
          : `${new Date(saga.endedAt).getTime() - new Date(saga.startedAt).getTime()} ms`,
        saga.steps.map(({ name, state }) => `${name} ${state}`).join(", "),
      ]),
    ),
  );
  for (const { id: saga, cause } of sagas)
    if (cause !== undefined) console.log(`${saga}: ${cause}`);
}

function printSaga(saga: Saga): void {
  console.log(`${saga.definition} ${saga.id}: ${saga.status}`);
  console.log(`Order ${saga.orderId}, started ${timeOf(saga.startedAt)}`);
  if (saga.cause !== undefined) console.log(`Cause: ${saga.cause}`);
  if (saga.refusal) console.log(`Told: ${saga.refusal.code}: ${saga.refusal.detail}`);
  if (saga.abandonedReason !== undefined) console.log(`Given up: ${saga.abandonedReason}`);
  console.log(
    `\n${renderTable(
      ["Step", "State", "Started", "Took", "Attempts", "Undone"],
      saga.steps.map((step) => [
        step.pivot ? `${step.name} (pivot)` : step.name,
        step.state,
        step.startedAt === undefined ? "–" : timeOf(step.startedAt),
        step.tookMs === undefined ? "–" : `${step.tookMs} ms`,
        step.attempts === undefined ? "–" : String(step.attempts),
        step.undo
          ? `${step.undo.failed ? "failed" : "yes"}, ${step.undo.attempts} attempts, ${step.undo.tookMs} ms`
          : "–",
      ]),
    )}`,
  );
}

function timeOf(instant: string): string {
  return instant.replace("T", " ").replace(/\.\d+Z$/, "Z");
}
