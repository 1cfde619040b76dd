// Notices what is new on the board, rings for it, and says it to whoever listens instead of looking. Not for what was
// there when the screen was opened.
import { useEffect, useRef, useState } from "react";
import { soundSetting } from "./settings.js";
import { allowSound, ringArrival, ringCancellation } from "./sound.js";
import { arrivalsIn, strikesOf, type Ticket } from "./tickets.js";

export interface Noticed {
  readonly arrived: ReadonlySet<string>;
  readonly fresh: readonly number[];
  readonly struck: readonly number[];
}

const NOTHING: Noticed = { arrived: new Set(), fresh: [], struck: [] };

const numbersOf = (tickets: readonly Ticket[]) => [...new Set(tickets.map(({ number }) => number))];

/** `shown` names what is looked at: a change of it is not news. */
export function useBell(tickets: readonly Ticket[] | undefined, shown: string): Noticed {
  const known = useRef<{ shown: string; strikes: ReadonlyMap<string, number> }>(undefined);
  const [noticed, setNoticed] = useState(NOTHING);

  useEffect(() => {
    const allow = () => void allowSound();
    allow();
    window.addEventListener("pointerup", allow);
    window.addEventListener("keydown", allow);
    return () => {
      window.removeEventListener("pointerup", allow);
      window.removeEventListener("keydown", allow);
    };
  }, []);

  useEffect(() => {
    if (!tickets) return;
    const before = known.current;
    // What has left may come back by a recall, and is no news then.
    const strikes = new Map([
      ...(before?.shown === shown ? before.strikes : []),
      ...strikesOf(tickets),
    ]);
    known.current = { shown, strikes };
    if (before?.shown !== shown) return;
    const { fresh, struck } = arrivalsIn(tickets, before.strikes);
    if (fresh.length === 0 && struck.length === 0) return;
    if (soundSetting.get()) {
      if (struck.length > 0) ringCancellation();
      else ringArrival();
    }
    setNoticed(({ arrived }) => ({
      arrived: fresh.length > 0 ? new Set([...arrived, ...fresh.map(({ id }) => id)]) : arrived,
      fresh: numbersOf(fresh),
      struck: numbersOf(struck),
    }));
  }, [tickets, shown]);

  return noticed;
}
