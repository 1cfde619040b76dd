// A thing's two names. English is always there; Burmese may be left out.
import { LimitedInput } from "../../../parts/LimitedInput.js";
import { useWords } from "../../../words/words.js";
import { manager } from "../words.js";
import classes from "./parts.module.css";
import type { NameDraft } from "./names.js";

/** As the server has it. */
const MAX_NAME = 120;

interface NamesProps {
  readonly value: NameDraft;
  /** Not the first thing of its dialog: then it does not take the focus. */
  readonly quiet?: boolean;
  onChange(this: void, value: NameDraft): void;
}

export function Names({ value, quiet = false, onChange }: NamesProps) {
  const t = useWords(manager);
  return (
    <div className={classes["pair"]}>
      <LimitedInput
        size="md"
        label={t("manager.english")}
        required
        {...(!quiet && { "data-autofocus": true })}
        value={value.en}
        maxLength={MAX_NAME}
        onChange={(event) => onChange({ ...value, en: event.currentTarget.value })}
      />
      <LimitedInput
        size="md"
        label={t("manager.burmese")}
        lang="my"
        value={value.my}
        maxLength={MAX_NAME}
        onChange={(event) => onChange({ ...value, my: event.currentTarget.value })}
      />
    </div>
  );
}
