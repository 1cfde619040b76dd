// The yardstick's side: the handler of bench/baseline on the same PostgreSQL, in a database of its own.
import pg from "pg";
import { ask, type Dish } from "./tiffin.js";
import { createClient } from "./load.js";
import { type Bench } from "./server.js";

export interface Baseline {
  readonly url: string;
  readonly token: string;
  readonly dishes: readonly Dish[];
}

export async function startBaseline(bench: Bench, connections: number): Promise<Baseline> {
  const owner = new pg.Client(bench.postgresUrl);
  await owner.connect();
  await owner.query("create database baseline");
  await owner.end();
  const database = new URL(bench.postgresUrl);
  database.pathname = "/baseline";
  const { output } = await bench.start(
    "bench/baseline/server.ts",
    { DATABASE_URL: database.href, CONNECTIONS: String(connections) },
    "listening on ",
  );
  const url = /listening on (\S+) /.exec(output)?.[1] ?? "";
  const nobody = createClient(url, "", 1);
  const { token } = await ask<{ token: string }>(nobody, "POST", "/api/sessions", {
    name: "Cashier",
    pin: "2222",
  });
  nobody.close();
  const cashier = createClient(url, token, 1);
  const menu = await ask<{ categories: { items: Dish[] }[] }>(cashier, "GET", "/api/menu");
  cashier.close();
  return { url, token, dishes: menu.categories.flatMap((category) => category.items) };
}
