// A count of portions, as people type it.
import { TextInput } from "@mantine/core";
import { useWords } from "../../../words/words.js";
import { manager } from "../words.js";
import { parseCount } from "./counts.js";
import { useValidity } from "./validity.js";

interface CountFieldProps {
  readonly label: string;
  readonly description?: string;
  readonly required?: boolean;
  /** The first thing of its dialog that one wants to fill in. */
  readonly focused?: boolean;
  readonly value: string;
  onChange(this: void, value: string): void;
}

export function CountField(props: CountFieldProps) {
  const { value, onChange, required = false, focused = false, ...words } = props;
  const t = useWords(manager);
  const fault =
    value.trim() !== "" && parseCount(value) === undefined ? t("manager.not-a-count") : undefined;
  const input = useValidity(fault);
  return (
    <TextInput
      ref={input}
      size="md"
      {...words}
      required={required}
      {...(focused && { "data-autofocus": true })}
      inputMode="numeric"
      value={value}
      error={fault}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
