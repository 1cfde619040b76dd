// An amount of money as people type it; what cannot be read keeps the form from being sent.
import { TextInput } from "@mantine/core";
import { parseAmount } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import { useFormat, useRestaurant } from "../restaurant.js";
import { manager } from "../words.js";
import { useValidity } from "./validity.js";

interface AmountFieldProps {
  readonly label: string;
  readonly value: string;
  readonly hidden?: boolean;
  onChange(this: void, value: string): void;
}

export function AmountField({ label, value, hidden = false, onChange }: AmountFieldProps) {
  const t = useWords(manager);
  const { decimals } = useRestaurant();
  const { unit } = useFormat();
  const wrong = value !== "" && parseAmount(value, decimals) === undefined;
  const fault = wrong ? t("manager.not-an-amount") : undefined;
  const input = useValidity(fault);
  return (
    <TextInput
      ref={input}
      size="md"
      {...(hidden ? { "aria-label": label } : { label })}
      required
      inputMode={decimals === 0 ? "numeric" : "decimal"}
      rightSection={<span aria-hidden>{unit}</span>}
      rightSectionWidth={56}
      value={value}
      error={fault}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
