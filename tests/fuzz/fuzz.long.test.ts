// Sends 10,000 requests made from /openapi.json to every route: fitting, at the border, wrongly typed and hostile ones,
// as nobody, cashier, manager and operator. No 5xx, no hang, every error is RFC 9457 and tells nothing of the inside, and
// what is refused changes nothing. FUZZ_SEED repeats a run, FUZZ_REQUESTS makes it longer.
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { createRandom } from "./random.js";
import { type Asked, type Document, KINDS, makeRequest, type Route, routesOf } from "./requests.js";
import { ACTORS, type Actor, createWorld, type World } from "./world.js";

const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000_000);
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 10_000);
/** Of one kind, between two looks at the books. */
const ROUND = 250;
const AT_ONCE = 8;
const HANGS_MS = 20_000;

/** They read everything there is, or hash what somebody knows, so they have fewer turns than the others. */
const COSTLY = /system\/modules|^POST \/api\/(sessions|approvals|staff)|current\/(pin|password)/;

const LEAKS =
  /\bat \S+ \(|node_modules|\.(ts|js):\d+|\/(home|tmp|root|usr|var)\/|\b(select|insert into|update|delete from) \w+.{0,40}\b(from|where|set|values)\b|SQLSTATE|PostgresError|MongoServerError|relation "|syntax error/i;

interface Sent {
  readonly asked: Asked;
  readonly actor: Actor;
  readonly status: number;
}

let world: World;
let routes: Route[];
beforeAll(async () => {
  world = await createWorld(inject("databaseUrl"));
  routes = routesOf((await world.test.nobody.get("/openapi.json")).body as Document);
});
afterAll(() => world?.close());

it("looks at books that move when something is sold, priced or hired", async () => {
  await world.refresh();
  const { manager } = await world.tills();
  const movedBy = async (work: Promise<{ status: number }>) => {
    expect((await work).status).toBeLessThan(300);
    await world.settle();
    const after = await world.digest();
    const moved = Object.keys(after).filter((name) => after[name] !== before[name]);
    before = after;
    return moved;
  };
  await world.settle();
  let before = await world.digest();
  const route = routes.find(({ name }) => name === "POST /api/orders") as Route;
  const chance = { pools: world.pools(), sensible: world.sensible, random: createRandom(1) };
  const { headers, body } = makeRequest(route, "valid", chance);
  const sold = await movedBy(manager.send("POST", "/api/orders", body, headers));
  expect(sold).toEqual(expect.arrayContaining(["orders.orders", "payments.payments", "inventory"]));
  const person = { name: "Ma Aye", role: "cashier", pin: "73519" };
  const hired = await movedBy(manager.send("POST", "/api/staff", person));
  expect(hired).toEqual(["audit.entries", "auth.staff"]);
});

it(`holds against ${REQUESTS} requests, seed ${SEED}`, async () => {
  console.log(`fuzz: ${REQUESTS} requests, FUZZ_SEED=${SEED}`);
  const random = createRandom(SEED);
  const seen = new Map<string, number>();
  let turn = 0;
  for (let sent = 0; sent < REQUESTS; sent += ROUND) {
    await world.refresh();
    const kind = KINDS[(sent / ROUND) % KINDS.length] ?? "hostile";
    const chance = { pools: world.pools(), sensible: world.sensible, random };
    const round = Array.from({ length: Math.min(ROUND, REQUESTS - sent) }, () => {
      // Every route gets its turn with every kind.
      let route = routes[turn++ % routes.length] as Route;
      if (COSTLY.test(route.name) && random.chance(0.6)) route = random.pick(routes);
      const actor = random.chance(0.6) ? "manager" : random.pick(ACTORS);
      return { asked: makeRequest(route, kind, chance), actor };
    });
    let left: Pick<Sent, "asked" | "actor">[] = round;
    // Where something was accepted, the others are sent again, until a round that may change nothing is looked at.
    for (let tries = 0; left.length > 0 && tries < (kind === "valid" ? 1 : 4); tries++) {
      await world.settle();
      const before = await world.digest();
      const answers = await sendAll(left);
      if (tries === 0) {
        for (const { status } of answers) {
          const name = `${kind} ${status}`;
          seen.set(name, (seen.get(name) ?? 0) + 1);
        }
      }
      // A read changes nothing either, also when it is answered.
      const harmless = answers.filter(
        ({ status, asked }) => status >= 400 || asked.method === "GET",
      );
      if (harmless.length === answers.length) {
        await world.settle();
        const after = await world.digest();
        const moved = Object.keys(after).filter((name) => after[name] !== before[name]);
        if (moved.length > 0)
          find(`${moved.join(", ")} moved after reads and refusals only`, describe(harmless));
        break;
      }
      left = harmless;
    }
  }
  expect([...findings.values()]).toEqual([]);
  console.log(
    [...seen]
      .map(([name, count]) => `${name}: ${count}`)
      .toSorted((a, b) => a.localeCompare(b))
      .join("\n"),
  );
  await world.settle();
  const { body } = await world.operator.get("/api/system/reconciliation");
  expect(body).toMatchObject({ differences: [], deadLetters: 0 });
  // Nothing of it was in vain: each kind was taken or refused as its name says.
  const count = (of: RegExp) =>
    [...seen].reduce((total, [name, times]) => total + (of.test(name) ? times : 0), 0);
  expect(count(/^valid 2/)).toBeGreaterThan(REQUESTS * 0.05);
  expect(count(/^(boundary|wrong-typed|hostile) 4/)).toBeGreaterThan(REQUESTS * 0.4);
}, 600_000);

async function sendAll(requests: readonly Pick<Sent, "asked" | "actor">[]): Promise<Sent[]> {
  const tills = await world.tills();
  const queue = [...requests];
  const answers: Sent[] = [];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { asked, actor } = next;
      // One that may end its own session has one of its own.
      const own = asked.method !== "GET" && asked.route.includes("/api/sessions");
      const till = own ? await world.spare(actor) : tills[actor];
      answers.push({ asked, actor, status: await sendOne(asked, till.token) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}

async function sendOne(asked: Asked, token: string): Promise<number> {
  const { method, target, headers, body } = asked;
  const says = `FUZZ_SEED=${SEED}: ${JSON.stringify(asked).slice(0, 1_500)}`;
  const response = await fetch(world.test.url + target, {
    method,
    headers: { ...(token !== "" && { authorization: `Bearer ${token}` }), ...headers },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(HANGS_MS),
  }).catch((error: unknown) => {
    find(`${asked.route}: does not answer`, `${says}\n${String(error)}`);
    return undefined;
  });
  if (!response) return 0;
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) {
    await response.body?.cancel();
    return response.status;
  }
  const text = await response.text();
  const fault = faultOf(asked, response, text);
  if (fault !== undefined) {
    find(`${asked.route}: ${fault}`, `${says}\nanswered ${response.status} ${text.slice(0, 500)}`);
  }
  return response.status;
}

/** Of each fault the first request that met it. */
const findings = new Map<string, string>();
const find = (what: string, details: string) => {
  if (!findings.has(what)) findings.set(what, `${what}\n${details}`);
};

/** What is wrong with an answer, whatever was asked. */
function faultOf({ target }: Asked, { status, headers }: Response, text: string) {
  if (status >= 500) return `answers ${status}`;
  if (status < 400) return undefined;
  if (!headers.get("content-type")?.startsWith("application/problem+json"))
    return `is refused with ${headers.get("content-type")}`;
  if (LEAKS.test(text)) return `tells of the inside: ${LEAKS.exec(text)?.[0]}`;
  const problem = JSON.parse(text) as Record<string, unknown>;
  const isWhole =
    /^\/problems\/[a-z-]+$/.test(String(problem["type"])) &&
    problem["status"] === status &&
    problem["instance"] === target.split("?")[0] &&
    problem["requestId"] === headers.get("x-request-id") &&
    [problem["title"], problem["detail"]].every((one) => typeof one === "string" && one !== "");
  return isWhole ? undefined : "is refused without a whole RFC 9457 problem";
}

const describe = (sent: readonly Sent[]): string =>
  JSON.stringify([...new Set(sent.map(({ asked }) => asked.route))]);
