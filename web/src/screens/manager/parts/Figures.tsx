// A few figures at a glance, each under its name.
import classes from "./Figures.module.css";

export interface Figure {
  readonly label: string;
  /** Undefined while it is not known. */
  readonly value: string | undefined;
  /** A word or two that explain it. */
  readonly note?: string | undefined;
}

export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className={classes["figures"]}>
      {figures.map(({ label, value, note }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {value ?? "–"}
            {note !== undefined && <small>{note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
