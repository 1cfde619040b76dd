// A line of a ticket: a tap crosses it off or puts it back. What was cancelled stands below it, struck through, until
// somebody says that they have seen it.
import { IconCheck, IconX } from "@tabler/icons-react";
import { pick, useLanguage } from "../../words/language.js";
import { useWords } from "../../words/words.js";
import classes from "./LineRow.module.css";
import type { Line, Press } from "./tickets.js";
import { kitchen } from "./words.js";

interface LineRowProps {
  readonly line: Line;
  /** The whole ticket is cancelled: one button for all. */
  readonly whole: boolean;
  onPress(this: void, press: Press): void;
}

export function LineRow({ line, whole, onPress }: LineRowProps) {
  const t = useWords(kitchen);
  const language = useLanguage();
  const { id, shown, struck, modifiers, note, crossedOff, state } = line;
  const name = pick(line.name, language);
  return (
    <li className={classes["line"]}>
      {shown > 0 && (
        <button
          type="button"
          aria-pressed={crossedOff}
          className={classes["dish"]}
          data-state={state}
          onClick={() => onPress({ kind: "cross-off", lineId: id, crossedOff: !crossedOff })}
        >
          <b className={classes["quantity"]}>{shown}</b>
          <span className={classes["what"]}>
            <span className={classes["name"]}>{name}</span>
            {modifiers.map((modifier) => (
              <span key={modifier.code} className={classes["modifier"]}>
                + {pick(modifier.name, language)}
              </span>
            ))}
            {note !== undefined && <span className={classes["note"]}>{note}</span>}
          </span>
          {state === "done" && (
            <IconCheck size={26} stroke={2.6} role="img" aria-label={t("kitchen.done")} />
          )}
        </button>
      )}
      {struck > 0 && (
        <div className={classes["struck"]}>
          <IconX size={22} stroke={2.6} aria-hidden />
          <span>
            <small>{t("kitchen.struck")}</small>
            <s>
              {struck} {name}
            </s>
          </span>
          {!whole && (
            <button
              type="button"
              aria-label={`${t("kitchen.seen")}: ${struck} ${name}`}
              onClick={() => onPress({ kind: "acknowledge", lineId: id })}
            >
              {t("kitchen.seen")}
            </button>
          )}
        </div>
      )}
    </li>
  );
}
