// Every fault of the document store, or of the network to it, during each step of an order: what must hold stands in
// surviving.ts.
import { documentsFaults } from "./faults.js";
import { describeFaults } from "./surviving.js";

/** As the source names them; each is the moment before a statement or an answer of this step. */
const POINTS = [
  "saga.reserve.before-run",
  "saga.reserve.after-run",
  "saga.reserve.before-undo",
  "inbox.before-apply",
  "inventory.after-settle",
];

describeFaults("the document store", documentsFaults, POINTS);
