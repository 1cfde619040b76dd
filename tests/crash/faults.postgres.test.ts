// Every fault of PostgreSQL, or of the network to it, during each step of an order: what must hold stands in surviving.ts.
import { postgresFaults } from "./faults.js";
import { describeFaults } from "./surviving.js";

/** As the source names them; each is the moment before a statement or an answer of this step. */
const POINTS = [
  "saga.before-start",
  "saga.charge.before-run",
  "payments.after-open",
  "payments.after-gateway",
  "saga.before-compensate",
  "orders.before-record",
  "orders.after-record",
];

describeFaults("PostgreSQL", postgresFaults, POINTS);
