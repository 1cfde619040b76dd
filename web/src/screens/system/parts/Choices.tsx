// A few choices beside each other, of which one holds.
import classes from "./Choices.module.css";

interface ChoicesProps<T extends string> {
  readonly name: string;
  readonly all: readonly T[];
  readonly chosen: T;
  readonly wordOf: (one: NoInfer<T>) => string;
  readonly onChoose: (one: NoInfer<T>) => void;
}

export function Choices<T extends string>({
  name,
  all,
  chosen,
  wordOf,
  onChoose,
}: ChoicesProps<T>) {
  return (
    <div role="group" aria-label={name} className={classes["choices"]}>
      {all.map((one) => (
        <button key={one} type="button" aria-pressed={one === chosen} onClick={() => onChoose(one)}>
          {wordOf(one)}
        </button>
      ))}
    </div>
  );
}
