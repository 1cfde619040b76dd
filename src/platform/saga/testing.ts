// For this part's tests: a coordinator on a real PostgreSQL, with a saga that writes down what happens to it.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, inject } from "vitest";
import { defineStatement } from "#platform/db";
import { createModuleDatabase } from "../db/testing.js";
import { createSagas, type SagaOptions } from "./coordinator.js";
import type { SagaDefinition, SagaRun } from "./definition.js";
import type { Outcome } from "./rows.js";
import { abandonSagas, endSagas, passPivots, resumeSagas } from "./store.js";

/** Refused by a step. */
export class No extends Error {}
export const refusal = { code: "NO", status: 409, message: "No." };
export const timedOut = { code: "TOO_SLOW", status: 503, message: "Too slow." };
export const asRefusal = (error: unknown) => (error instanceof No ? refusal : null);
export const quiet = { warn: () => undefined, error: () => undefined };

/** Beside its own token stands one that was lost, in the same batch. */
const INPUT = `with input(saga_id, token, journal) as (
  values ($1::uuid, $2::integer - 1, '["lost"]'::jsonb), ($1, $2, $3))`;
export const endOne = defineStatement<{ id: string }>("test.end-saga", `${INPUT} ${endSagas}`);
export const passOne = defineStatement<{ id: string }>("test.pass-pivot", `${INPUT} ${passPivots}`);
export const resumeOne = defineStatement<{ id: string }>(
  "test.resume",
  `with input as (select $1::uuid as saga_id) ${resumeSagas}`,
);
export const abandonOne = defineStatement<{ id: string }>(
  "test.abandon",
  `with input as (select $1::uuid as saga_id, 'paid in cash'::text as reason, now() as at) ${abandonSagas}`,
);
export const expireLease = defineStatement<never>(
  "test.expire-lease",
  "update sagas set lease_until = now() - interval '1 second' where id = $1",
);

export let test: Awaited<ReturnType<typeof createModuleDatabase>>;
/** A fresh database for the file: no other file's sagas are unfinished in it. */
export function useSagas(): void {
  beforeAll(async () => {
    test = await createModuleDatabase(inject("databaseUrl"), "orders");
  });
  afterAll(() => test.close());
}

export type Run = SagaRun<object, object>;
export type Step = (saga: Run) => Promise<object>;

/** A saga of two steps that writes down what happens to it. */
export function build(
  over: { one?: Step; two?: Step; undo?: () => Promise<void>; deadlineMs?: number } = {},
) {
  const calls: string[] = [];
  const note = (call: string) => calls.push(call);
  const end = async (saga: Run) => {
    const rows = await test.database.run(endOne, [
      saga.id,
      saga.token,
      JSON.stringify(saga.journal),
    ]);
    if (rows.length === 0) throw new Error("not ours to end");
    note("end");
    return {};
  };
  const definition: SagaDefinition<object, object> = {
    name: "orders.test-saga.v1",
    deadlineMs: over.deadlineMs ?? 5_000,
    timedOut,
    steps: [
      {
        name: "one",
        timeoutMs: 1_000,
        run: async (saga) => {
          note("one");
          return (await over.one?.(saga)) ?? {};
        },
        undo: async () => {
          note("undo one");
          await over.undo?.();
        },
      },
      {
        name: "two",
        timeoutMs: 1_000,
        run: async (saga) => {
          note("two");
          return (await over.two?.(saga)) ?? {};
        },
        undo: async () => void note("undo two"),
      },
      { name: "end", timeoutMs: 1_000, pivot: true, run: end },
    ],
  };
  return { calls, definition };
}

export const coordinator = (
  definition: SagaDefinition<object, object>,
  over: Partial<SagaOptions> = {},
) =>
  createSagas({
    database: test.database,
    definitions: [definition],
    asRefusal,
    logger: quiet,
    ...over,
  });

export const request = (key: string = randomUUID()) => ({
  id: randomUUID(),
  idempotencyKey: key,
  fingerprint: "f",
  input: {},
});

export async function outcome(
  sagas: ReturnType<typeof coordinator>,
  start = request(),
): Promise<Outcome> {
  return (await sagas.start("orders.test-saga.v1", start)).outcome;
}

export const until = async (check: () => Promise<boolean>) => {
  for (let tries = 0; tries < 200; tries++) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("It did not come to pass within 5 s");
};
