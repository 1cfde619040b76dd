// Which days: today, yesterday, the last seven or thirty, or any two dates.
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../../words/words.js";
import { Chips } from "../parts/Chips.js";
import { PRESETS, type Preset, type Range, rangeOf, typedRange } from "./ranges.js";
import classes from "./Sales.module.css";
import { sales } from "./words.js";

interface RangePickerProps {
  readonly range: Range | undefined;
  /** The last day that is shown, as the server says; undefined before its first answer. */
  readonly day: string | undefined;
  onChange(this: void, range: Range | undefined): void;
}

const CHOICES = [...PRESETS, "custom"] as const;

export function RangePicker({ range, day, onChange }: RangePickerProps) {
  const t = useWords(sales);
  const [choice, setChoice] = useState<Preset | "custom">("today");
  const [today, setToday] = useState<string>();
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  // While today is shown, the server says which day that is.
  const now = range === undefined ? day : today;

  const choose = (next: Preset | "custom") => {
    // Which day that is, nobody knows yet: what is marked stays what is shown.
    if (now === undefined) return;
    setChoice(next);
    setToday(now);
    if (next !== "custom") onChange(rangeOf(next, now));
    else {
      const shown = range ?? { from: now, to: now };
      setFrom(shown.from);
      setTo(shown.to);
      onChange(shown);
    }
  };
  const type = (nextFrom: string, nextTo: string) => {
    setFrom(nextFrom);
    setTo(nextTo);
    const typed = typedRange(nextFrom, nextTo);
    if (typed) onChange(typed);
  };

  return (
    <div className={classes["range"]}>
      <Chips
        label={t("sales.range")}
        value={choice}
        options={CHOICES.map((value) => ({ value, label: t(`sales.${value}`) }))}
        onChange={choose}
      />
      {choice === "custom" && (
        <div className={classes["dates"]}>
          <TextInput
            type="date"
            size="md"
            label={t("sales.from")}
            value={from}
            onChange={(event) => type(event.currentTarget.value, to)}
          />
          <TextInput
            type="date"
            size="md"
            label={t("sales.to")}
            value={to}
            onChange={(event) => type(from, event.currentTarget.value)}
          />
        </div>
      )}
    </div>
  );
}
