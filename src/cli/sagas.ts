// Looks at sagas, and decides for those that wait for a person: npm run sagas -- list | show | resume | abandon.
import { parseArgs } from "node:util";
import type { Saga } from "#modules/orders";
import type { Api } from "./server.js";
import { renderTable } from "./table.js";
import { withServer } from "./with-server.js";

const USAGE = `npm run sagas -- list [--status open|needs-attention|running|…] [--order <id>] [--limit 50]
npm run sagas -- show <id>
npm run sagas -- resume <id>                     tries a parked saga again, once its cause is mended
npm run sagas -- abandon <id> --reason "<text>"  gives it up: it was settled by hand`;

const { values, positionals } = parseArgs({
  options: {
    status: { type: "string" },
    order: { type: "string" },
    limit: { type: "string", default: "50" },
    reason: { type: "string" },
  },
  allowPositionals: true,
});
const [command = "", id = ""] = positionals;

const commands: Record<string, (api: Api) => Promise<void>> = {
  list: async (api) => {
    const query = new URLSearchParams({
      limit: values.limit,
      ...(values.status !== undefined && { status: values.status }),
      ...(values.order !== undefined && { orderId: values.order }),
    });
    const { items } = await api.call<{ items: Saga[] }>(
      "GET",
      `/api/system/sagas?${query.toString()}`,
    );
    printList(items);
  },
  show: async (api) => printSaga(await api.call<Saga>("GET", path())),
  resume: async (api) => {
    printSaga(await api.call<Saga>("POST", `${path()}/resume`));
  },
  abandon: async (api) => {
    printSaga(await api.call<Saga>("POST", `${path()}/abandon`, { reason: values.reason }));
  },
};
const path = () => `/api/system/sagas/${encodeURIComponent(id)}`;

const run = commands[command];
const missing =
  (command !== "list" && id === "") || (command === "abandon" && values.reason === undefined);
if (!run || missing) {
  console.error(USAGE);
  process.exit(2);
}
await withServer(run);

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
