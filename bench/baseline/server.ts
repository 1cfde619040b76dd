// The yardstick of design section 9: what a team would write instead. One Express handler, one shared schema, one
// transaction with hand-written pg: named (prepared) statements, one round trip for all lines, rows locked in one
// order, the hottest rows last, sessions and rules in memory. The same checks, prices and business rows as Tiffin;
// no outbox, no events, no owners. It is measured, never used.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import express, { type NextFunction, type Request, type Response } from "express";
import pg from "pg";
import { v7 as newId } from "uuid";
import { PlaceOrder } from "../../src/modules/orders/contract.js";
import {
  businessDateOf,
  type OrderingRules,
  priceLines,
  quantitiesByProduct,
  totalsOf,
} from "../../src/modules/orders/rules.js";
import { readRestaurantFile } from "../../src/modules/restaurant/import-file.js";
import { money } from "#platform/kernel";
import { place, type Sale } from "./place.js";

const STOCK = 900_000;
const SEED = new URL("../../src/sample/menu.json", import.meta.url);

pg.types.setTypeParser(pg.types.builtins.INT8, Number);
const pool = new pg.Pool({
  connectionString: process.env["DATABASE_URL"],
  max: Number(process.env["CONNECTIONS"]),
});
const { rules, menu } = await seed();
const sessions = new Map<string, { id: string; name: string }>();
const hashOf = (token: string) => createHash("sha256").update(token).digest();

const app = express();
app.disable("x-powered-by");
app.use(express.json({ limit: "1mb" }));

app.post("/api/sessions", async (request, response) => {
  const { rows } = await pool.query<{ id: string }>("select id from staff where name = $1", [
    (request.body as { name: string }).name,
  ]);
  const token = randomBytes(32).toString("base64url");
  await pool.query("insert into sessions values ($1, $2, now())", [hashOf(token), rows[0]?.id]);
  response.status(201).json({ token });
});

app.use("/api", async (request, response, next) => {
  const token = request.headers.authorization?.slice("Bearer ".length) ?? "";
  const hash = hashOf(token);
  const key = hash.toString("base64");
  let person = sessions.get(key);
  if (!person) {
    const { rows } = await pool.query<{ id: string; name: string }>({
      name: "session",
      text: "select staff.id, staff.name from sessions join staff on staff.id = staff_id where token_hash = $1",
      values: [hash],
    });
    [person] = rows;
    if (!person) return void response.status(401).json({ title: "Sign in first" });
    sessions.set(key, person);
  }
  response.locals["person"] = person;
  next();
});

app.get("/api/menu", (_request, response) => void response.json(menu));

app.post("/api/orders", async (request, response) => {
  const key = request.get("idempotency-key");
  if (!key) return void response.status(400).json({ title: "Idempotency-Key is missing" });
  const parsed = PlaceOrder.safeParse(request.body);
  if (!parsed.success) return void response.status(422).json({ errors: parsed.error.issues });
  const order = parsed.data;
  const { lines, faults } = priceLines(order.lineItems, rules);
  if (faults.length > 0) return void response.status(422).json({ errors: faults });
  const now = new Date();
  const businessDate = businessDateOf(now, rules.restaurant);
  const { serviceType, payment } = order;
  const { totals } = totalsOf(
    lines.map((line) => line.total),
    { serviceType, businessDate },
    rules,
  );
  if (payment.method !== "cash" || payment.tendered.amount < totals.total.amount) {
    return void response.status(422).json({ title: "The cash is less than the total" });
  }
  const sale: Sale = {
    id: newId(),
    key,
    fingerprint: createHash("sha256").update(JSON.stringify(order)).digest("base64url"),
    serviceType,
    businessDate,
    now,
    person: response.locals["person"] as { name: string },
    lines,
    products: quantitiesByProduct(order.lineItems),
    totals,
    tendered: payment.tendered.amount,
  };
  const answer = await place(pool, sale);
  response.status(answer.status).json(answer.body);
});

app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
  console.error(error);
  response.status(500).json({ title: "Something went wrong" });
});

const server = app.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address && typeof address === "object")
    console.log(`listening on http://127.0.0.1:${address.port} `);
});
process.on("SIGTERM", () => process.exit(0));

/** Loads the sample restaurant, as Tiffin does on its first start. */
async function seed() {
  await pool.query(await readFile(new URL("schema.sql", import.meta.url), "utf8"));
  const read = readRestaurantFile(JSON.parse(await readFile(SEED, "utf8")));
  if (!("file" in read)) throw new Error("The sample restaurant does not fit its own format");
  const { restaurant, modifierGroups, categories } = read.file;
  const { currency, timeZone, businessDayStartsAt, tax, serviceCharge } = restaurant;
  const items = categories.flatMap(({ items: dishes, ...category }) =>
    dishes.map((dish) => ({ ...dish, productId: randomUUID(), category })),
  );
  for (const { productId, sku, name, price, category } of items) {
    const { code, station } = category;
    await pool.query("insert into products values ($1, $2, $3, $4, $5, $6, false, $7)", [
      productId,
      sku,
      name,
      price,
      { code, name: category.name },
      station,
      STOCK,
    ]);
  }
  await pool.query("insert into staff values ($1, 'Cashier', 'cashier', 'unused')", [newId()]);
  const groupsOf = (codes: readonly string[]) =>
    modifierGroups.filter((group) => codes.includes(group.code));
  const ordering: OrderingRules = {
    restaurant: { currency, timeZone, businessDayStartsAt },
    tax: tax ? [tax] : [],
    serviceCharge: serviceCharge
      ? [{ ...serviceCharge, validFrom: serviceCharge.validFrom ?? "1970-01-01" }]
      : [],
    tables: [],
    modifierGroups,
    items: items.map(({ productId, category, modifierGroups: codes }) => ({
      productId,
      category: { code: category.code, name: category.name },
      station: category.station,
      modifierGroups: codes,
    })),
  };
  return {
    rules: ordering,
    menu: {
      categories: [
        {
          items: items.map(({ productId, sku, price, modifierGroups: codes }) => ({
            productId,
            sku,
            price: money(price, currency),
            modifierGroups: groupsOf(codes),
            availability: { status: "quantity", available: STOCK },
          })),
        },
      ],
    },
  };
}
