// A choice of one among few, all of them in sight.
import classes from "./parts.module.css";

interface ChipsProps<Value extends string> {
  readonly label: string;
  readonly value: Value | undefined;
  readonly options: readonly { readonly value: NoInfer<Value>; readonly label: string }[];
  onChange(this: void, value: NoInfer<Value>): void;
}

export function Chips<Value extends string>(props: ChipsProps<Value>) {
  const { label, value, options, onChange } = props;
  return (
    <div role="group" aria-label={label} className={classes["choices"]}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
