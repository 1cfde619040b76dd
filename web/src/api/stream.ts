// What the server tells while it happens (GET /api/stream, server-sent events). Each kind of news makes the queries that
// show it stale; while the stream is down they are asked again every few seconds, and all at once when it is back.
import type { Query, QueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { api, queries } from "./client.js";
import { learnClock } from "./clock.js";
import { connection } from "./connection.js";
import { askHealth } from "./health.js";
import { problemOf } from "./problem.js";
import { sessionKey } from "./session.js";

const KINDS = [
  "order-placed",
  "order-cancelled",
  "ticket-changed",
  "stock-changed",
  "menu-changed",
  "payment-captured",
  "payment-refunded",
  "reset",
] as const;
export type StreamKind = (typeof KINDS)[number];

const POLL_MS = 4_000;
/** A connection whose other end has lost its power or its network looks open for ever: silence is asked about. */
const SILENCE_MS = 8_000;
const ANSWER_MS = 5_000;
/** News of one kind that come in a row make one refetch. */
const GATHER_MS = 400;
/** What a module serves follows its own events a moment later; asked once more then, it is surely the new. */
const SETTLED_MS = 3_000;
const RECONNECT_MS = [1_000, 2_000, 4_000, 8_000];

const keysOf: Readonly<Record<StreamKind, () => readonly (readonly unknown[])[]>> = {
  "order-placed": () => [queries.orders.key()],
  "order-cancelled": () => [queries.orders.key()],
  "ticket-changed": () => [queries.kitchen.key()],
  "stock-changed": () => [
    queries.restaurant.menu.key(),
    queries.inventory.key(),
    queries.reporting.stock.key(),
  ],
  // What a cart costs is made of prices too, also of those that its question does not name: of choices, and taxes.
  "menu-changed": () => [
    queries.restaurant.key(),
    queries.inventory.key(),
    queries.orders.calculate.key(),
  ],
  "payment-captured": () => [queries.payments.key()],
  "payment-refunded": () => [queries.payments.key(), queries.orders.key()],
  reset: () => [[]],
};

const news = new EventTarget();

/** Runs while somebody is signed in; the answer stops it. */
export function startStream(client: QueryClient): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  let wasDown = false;
  let heardAt = Date.now();
  const gathered = new Map<string, ReturnType<typeof setTimeout>>();

  const refreshAfter = (kind: StreamKind, pauseMs: number) => {
    const name = `${kind} ${pauseMs}`;
    if (gathered.has(name)) return;
    const timer = setTimeout(() => {
      gathered.delete(name);
      for (const queryKey of keysOf[kind]()) void client.invalidateQueries({ queryKey });
    }, pauseMs);
    gathered.set(name, timer);
  };
  const refresh = (kind: StreamKind) => {
    if (kind !== "stock-changed" && kind !== "menu-changed") refreshAfter(kind, GATHER_MS);
    refreshAfter(kind, SETTLED_MS);
  };

  /** What was asked for before news came: it may be older than the first of them. */
  const refreshEarlier = () => {
    const early = new Set(client.getQueryCache().getAll());
    const predicate = (query: Query) => early.has(query) && query.queryKey[0] !== sessionKey[0];
    const refetch = () => void client.invalidateQueries({ predicate });
    gathered.set("ready", setTimeout(refetch, GATHER_MS));
  };

  const open = () => {
    source = new EventSource("/api/stream");
    source.addEventListener("open", () => {
      tries = 0;
      heardAt = Date.now();
      connection.set("live");
    });
    // From here on all is told, and nobody tells what happened shortly before.
    source.addEventListener("ready", () => {
      // What was missed while it was down may be too long ago for the server to repeat.
      if (wasDown) refreshAfter("reset", 0);
      else refreshEarlier();
      wasDown = false;
    });
    source.addEventListener("error", lose);
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => {
        heardAt = Date.now();
        connection.set("live");
        refresh(kind);
        news.dispatchEvent(new CustomEvent(kind, { detail: read(event.data) }));
      });
    }
  };

  const lose = () => {
    wasDown = true;
    source?.close();
    void poll();
    clearTimeout(retry);
    retry = setTimeout(open, RECONNECT_MS[Math.min(tries++, RECONNECT_MS.length - 1)]);
  };

  const askWhetherThere = async () => {
    const asked = source;
    try {
      const headers = await askHealth();
      learnClock(headers.get("date"));
      if (asked?.readyState !== EventSource.OPEN) return;
      heardAt = Date.now();
      connection.set("live");
    } catch {
      if (asked?.readyState !== EventSource.OPEN) return;
      connection.set("offline");
      lose();
    }
  };

  const poll = async () => {
    if (source?.readyState === EventSource.OPEN) {
      if (Date.now() - heardAt >= SILENCE_MS) await askWhetherThere();
      return;
    }
    try {
      await api.auth.sessions.current(undefined, { signal: AbortSignal.timeout(ANSWER_MS) });
      connection.set("polling");
      void client.invalidateQueries({ refetchType: "active" });
    } catch (error) {
      // Signed out from elsewhere, or for too long here: only the door tells, since nothing is asked for by itself.
      if (problemOf(error).status === 401) client.setQueryData(sessionKey, null);
      else connection.set("offline");
    }
  };

  open();
  void askWhetherThere();
  const polling = setInterval(() => void poll(), POLL_MS);
  return () => {
    source?.close();
    clearTimeout(retry);
    clearInterval(polling);
    for (const timer of gathered.values()) clearTimeout(timer);
  };
}

/** Each event is an envelope; what the module told stands in its `data`. */
function read(data: unknown): unknown {
  try {
    return (JSON.parse(String(data)) as { data?: unknown }).data;
  } catch {
    return undefined;
  }
}

/** Hears one kind of news as long as the component stands; queries are refreshed without it. */
export function useStream(kind: StreamKind, hear: (data: unknown) => void): void {
  const latest = useRef(hear);
  useEffect(() => {
    latest.current = hear;
  });
  useEffect(() => {
    const listener = (event: Event) => latest.current((event as CustomEvent).detail);
    news.addEventListener(kind, listener);
    return () => news.removeEventListener(kind, listener);
  }, [kind]);
}
