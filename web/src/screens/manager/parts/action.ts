// One thing that a person asked for: whether it is under way, and what came back when it was refused.
import { createContext, useContext, useState } from "react";
import { type Problem, refusalOf } from "../../../api/problem.js";

export function useAction() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  /** Answers whether it was done; a second press while it is under way does nothing. */
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(refusalOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, run };
}

/** Does `work`, and then `after` in any case: what is shown must be read again also when the answer was a refusal. */
export async function thenRead<T>(work: Promise<T>, after: () => Promise<unknown>): Promise<T> {
  try {
    return await work;
  } finally {
    await after();
  }
}

const Said = createContext<(text: string) => void>(() => undefined);
export const SayProvider = Said.Provider;

/** Tells, for a few seconds and to who hears the screen, that something was done. */
export const useSay = () => useContext(Said);
