// A text field that says when it is full: what is typed or pasted beyond its limit is dropped by the browser without a word.
import { TextInput, type TextInputProps } from "@mantine/core";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import classes from "./LimitedInput.module.css";

interface LimitedInputProps extends TextInputProps {
  readonly value: string;
  /** As the server counts, in UTF-16 code units. */
  readonly maxLength: number;
}

export function LimitedInput(props: LimitedInputProps) {
  const t = useWords(shell);
  const { value, maxLength } = props;
  return (
    <div>
      <TextInput {...props} />
      <p role="status" className={classes["full"]}>
        {value.length >= maxLength && t("field.full", { count: maxLength })}
      </p>
    </div>
  );
}
