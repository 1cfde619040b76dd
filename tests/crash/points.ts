// Every named crash point, and the stories whose death there is tried. A point that the source has and this list has
// not fails points.test.ts; a point that no story reaches fails matrix.test.ts, recovery.test.ts or cancel.test.ts.

/** What the guests do. `together`: all four kinds of payment at once, so that each is under way when the process dies. */
export type Story = "cash" | "approve" | "decline" | "unknown" | "short" | "together";

/** By what an order meets on its way. */
export const matrix: Readonly<Record<string, readonly Story[]>> = {
  "saga.before-start": ["together"],
  "saga.after-start": ["together", "cash"],
  "saga.reserve.before-run": ["together"],
  "inventory.before-refuse": ["short"],
  "saga.reserve.after-run": ["together", "approve"],
  "saga.charge.before-run": ["together"],
  "payments.after-open": ["cash", "approve", "decline", "unknown"],
  "payments.after-gateway": ["approve", "decline", "unknown"],
  "payments.after-settle": ["approve", "decline", "unknown"],
  "saga.charge.after-run": ["cash", "approve", "unknown"],
  "saga.record.before-run": ["cash", "approve"],
  "orders.before-record": ["cash", "approve"],
  "orders.after-record": ["cash", "approve", "unknown"],
  "saga.record.after-run": ["cash", "approve"],
  "saga.before-compensate": ["decline"],
  "saga.after-compensate": ["decline"],
  "saga.reserve.before-undo": ["decline"],
  "saga.reserve.after-undo": ["decline"],
  "saga.before-roll-back": ["decline", "short"],
  "saga.after-roll-back": ["decline", "short"],
  "relay.after-emit": ["together"],
  "inbox.before-apply": ["cash"],
  "inventory.after-settle": ["cash"],
  "inventory.after-file": ["approve"],
  "inbox.after-handle": ["cash"],
  "inbox.after-apply": ["cash"],
  "relay.before-archive": ["cash"],
  "relay.after-copy": ["cash"],
  "relay.after-archive": ["together"],
};

/** Met only while a charge that took too long is reversed, in this order. Each is met by a saga that recovery drives. */
export const reversal = [
  "saga.charge.before-undo",
  "payments.after-bar",
  "payments.after-hold",
  "payments.after-gateway-refund",
  "payments.after-settle-refund",
  "saga.charge.after-undo",
] as const;

/** Met by a cancellation, in this order. */
export const cancellation = [
  "saga.cancel.before-run",
  "orders.before-cancel",
  "orders.after-cancel",
  "saga.cancel.after-run",
  "saga.refund.before-run",
  "payments.after-bar",
  "payments.after-hold",
  "payments.after-gateway-refund",
  "payments.after-settle-refund",
  "saga.refund.after-run",
  "saga.settle.before-run",
  "orders.before-settle-refund",
  "orders.after-settle-refund",
  "saga.settle.after-run",
  "inventory.after-take-back",
] as const;

/** Met only while reports are rebuilt: rebuild.test.ts. */
export const rebuilding = [
  "reporting.after-step",
  "reporting.before-swap",
  "reporting.after-swap",
] as const;

export const allPoints: readonly string[] = [
  ...new Set([...Object.keys(matrix), ...reversal, ...cancellation, ...rebuilding]),
];
