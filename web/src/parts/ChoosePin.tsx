// Chooses one's own PIN: the current one, a new one, and that again, so that nobody is shut out by a slip.
import { useState } from "react";
import { api } from "../api/client.js";
import { refusalOf } from "../api/problem.js";
import { useProblemWords } from "../words/problems.js";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import classes from "./ChoosePin.module.css";
import { PinPad } from "./PinPad.js";

interface ChoosePinProps {
  /** What is known of the current one: somebody else gave it, or it is their own. */
  readonly current: "current" | "yours";
  /** It is changed; this session goes on. */
  onChosen(this: void): Promise<void>;
}

export function ChoosePin({ current, onChosen }: ChoosePinProps) {
  const t = useWords(shell);
  const say = useProblemWords();
  const [pins, setPins] = useState<readonly string[]>([]);
  const [fault, setFault] = useState<string>();
  const steps = [current, "new", "again"] as const;
  const step = steps[pins.length] ?? "again";
  const enter = async (pin: string) => {
    setFault(undefined);
    const [currentPin, newPin] = pins;
    if (currentPin === undefined || newPin === undefined) return setPins([...pins, pin]);
    setPins([]);
    if (pin !== newPin) return setFault(t("change-pin.differ"));
    try {
      await api.auth.changePin({ currentPin, newPin });
      await onChosen();
    } catch (error) {
      setFault(say(refusalOf(error)));
    }
    return undefined;
  };
  return (
    <div className={classes["steps"]}>
      <p role="status">{t(`change-pin.${step}`)}</p>
      <PinPad
        key={step}
        label={t(`change-pin.${step}`)}
        enter={t("sign-in.next")}
        onEnter={enter}
      />
      <p role="alert" className={classes["fault"]}>
        {fault}
      </p>
    </div>
  );
}
