// What stations are called. A restaurant makes its own codes; the usual ones have a name in both languages.
import { useCallback } from "react";
import { useWords } from "../../words/words.js";
import { kitchen } from "./words.js";

const KNOWN = ["bar", "cold", "curry", "fry", "grill", "noodle"] as const;

export function useStationName(): (code: string) => string {
  const t = useWords(kitchen);
  return useCallback(
    (code: string) => {
      const known = KNOWN.find((one) => one === code);
      if (known) return t(`kitchen.station.${known}`);
      return code.charAt(0).toUpperCase() + code.slice(1).replaceAll("-", " ");
    },
    [t],
  );
}
