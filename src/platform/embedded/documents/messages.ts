// What the store's process and its parent say to each other.
export type FromParent = { kind: "stop" } | { kind: "backup"; id: number; folder: string };

export type ToParent =
  | { kind: "ready" }
  | { kind: "failed"; reason: string }
  /** Of memory. */
  | { kind: "nearly-full"; megabytes: number }
  | { kind: "backed-up"; id: number; reason?: string };
