// For this module's tests: payments on a fresh database, and a look at both sides of the wire.
import { sql } from "kysely";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { errorOf } from "#platform/contract";
import { createFace, systemPrincipal } from "#platform/http";
import { money } from "#platform/kernel";
import { createModuleDatabase } from "../../platform/db/testing.js";
import type { Gateway } from "./gateway/gateway.js";
import { createSimulator } from "./gateway/simulator.js";
import { type contract, createPayments, type PaymentsTables } from "./index.js";
import type { PaymentsDatabase } from "./repository/payments.js";

export let test: Awaited<ReturnType<typeof createModuleDatabase<PaymentsTables>>>;

/** A fresh database for the file; at its end, the gateway's books must agree with ours to the last unit. */
export function usePayments(): void {
  beforeAll(async () => {
    test = await createModuleDatabase<PaymentsTables>(inject("databaseUrl"), "payments");
  });
  afterAll(async () => {
    try {
      await expectAgreement();
    } finally {
      await test?.close();
    }
  });
}

async function expectAgreement(): Promise<void> {
  const { pending, byMethod, faults } = await open().books.summary();
  const ours = byMethod.find((sums) => sums.method === "card");
  const { rows } = await sql<{ taken: number; given: number }>`
    select (select coalesce(sum(amount), 0) from simulator_charges where status = 'captured')::bigint as taken,
      (select coalesce(sum(amount), 0) from simulator_refunds)::bigint as given`.execute(
    test.database.kysely,
  );
  const book = await open().books.page({ limit: 1_000 });
  const wrong = book.flatMap((line) => line.faults);
  expect({ pending, faults, wrong }).toEqual({ pending: 0, faults: [], wrong: [] });
  expect(rows[0]).toEqual({ taken: ours?.captured ?? 0, given: ours?.refunded ?? 0 });
}

export const mmk = (amount: number) => money(amount, "MMK");
const outbox = { wake: () => undefined };

export function open({
  gateway = createSimulator(test.database),
  database = test.database,
  gatewayDeadlineMs = 2_000,
}: { gateway?: Gateway; database?: PaymentsDatabase; gatewayDeadlineMs?: number } = {}) {
  const module = createPayments({
    database,
    outbox,
    gateway,
    gatewayDeadlineMs,
    clock: () => new Date(),
  });
  return createFace<typeof contract>(module.router, { principal: systemPrincipal });
}

export const cash = (orderId: string, amount = 3675, tendered = 5000) =>
  ({ orderId, amount: mmk(amount), payment: { method: "cash", tendered: mmk(tendered) } }) as const;
export const card = (orderId: string, token = "sim_approve", amount = 3675) =>
  ({ orderId, amount: mmk(amount), payment: { method: "card", token } }) as const;

export async function refusalOf(call: Promise<unknown>) {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const typed = errorOf(error);
  if (!typed) throw error ?? new Error("It was not refused");
  return typed;
}

export const paymentOf = async (orderId: string) => {
  const query = test.database.kysely.selectFrom("payments").selectAll();
  return query.where("orderId", "=", orderId).executeTakeFirstOrThrow();
};

/** Names of the events of an order, oldest first. */
export async function toldOf(orderId: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from outbox where key = ${orderId} order by position`.execute(test.database.kysely);
  return rows.map((row) => row.name);
}

/** What the gateway, the other side, believes that it holds for an order. */
export async function heldByGateway(orderId: string): Promise<number> {
  const { rows } = await sql<{ held: number }>`
    select coalesce(sum(charge.amount), 0)::bigint
      - (select coalesce(sum(amount), 0) from simulator_refunds where charge_key = ${(await paymentOf(orderId)).id})::bigint as held
    from simulator_charges as charge
    where charge.status = 'captured' and charge.key = ${(await paymentOf(orderId)).id}`.execute(
    test.database.kysely,
  );
  return rows[0]?.held ?? 0;
}

export const CAPTURED = "payments.payment-captured.v1";
export const REFUNDED = "payments.payment-refunded.v1";
