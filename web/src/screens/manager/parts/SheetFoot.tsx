// The end of a form in a dialog: why it was refused, what else can be done here, cancel and save.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Problem } from "../../../api/problem.js";
import { useWords } from "../../../words/words.js";
import { manager } from "../words.js";
import { Fault } from "./Fault.js";
import classes from "./parts.module.css";

interface SheetFootProps {
  readonly problem: Problem | undefined;
  readonly busy: boolean;
  /** Buttons of this form alone, in front of the others. */
  readonly children?: ReactNode;
  onCancel(this: void): void;
}

export function SheetFoot({ problem, busy, children, onCancel }: SheetFootProps) {
  const t = useWords(manager);
  return (
    <>
      <Fault problem={problem} />
      <div className={classes["foot"]}>
        {children}
        <Button variant="default" size="md" onClick={onCancel}>
          {t("manager.cancel")}
        </Button>
        <Button type="submit" size="md" loading={busy}>
          {t("manager.save")}
        </Button>
      </div>
    </>
  );
}
