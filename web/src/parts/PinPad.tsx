// Big keys for a PIN, and the same by keyboard. The digits are never shown.
import { Loader } from "@mantine/core";
import { IconArrowRight, IconBackspace } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { westernDigits } from "../words/money.js";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import classes from "./PinPad.module.css";

interface PinPadProps {
  /** Whose PIN, for who hears the screen. */
  readonly label: string;
  /** What the enter key does, in words. */
  readonly enter: string;
  /** Answers when it was tried; the pad is then empty again. */
  onEnter(this: void, pin: string): Promise<void>;
}

const MIN = 4;
const MAX = 12;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export function PinPad({ label, enter, onEnter }: PinPadProps) {
  const t = useWords(shell);
  const [pin, setPin] = useState("");
  const [busy, setBusy] = useState(false);
  const add = (digit: string) => setPin((before) => (before + digit).slice(0, MAX));
  const remove = () => setPin((before) => before.slice(0, -1));
  const submit = async () => {
    if (busy || pin.length < MIN) return;
    setBusy(true);
    await onEnter(pin).finally(() => {
      setBusy(false);
      setPin("");
    });
  };

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof HTMLInputElement) return;
      const key = westernDigits(event.key);
      if (/^\d$/.test(key)) add(key);
      else if (event.key === "Backspace") remove();
      else if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) void submit();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });

  return (
    <div
      className={classes["pad"]}
      role="group"
      aria-label={label}
      // A key that is clicked would take the focus, and Enter would then press it once more.
      onMouseDown={(event) => event.preventDefault()}
    >
      <div className={classes["dots"]} role="status">
        <span className="visually-hidden">{t("sign-in.digits", { count: pin.length })}</span>
        {Array.from({ length: Math.max(MIN, pin.length) }, (_, index) => (
          <span key={index} data-on={index < pin.length || undefined} />
        ))}
      </div>
      {DIGITS.map((digit) => (
        <button key={digit} type="button" onClick={() => add(digit)}>
          {digit}
        </button>
      ))}
      <button type="button" aria-label={t("sign-in.delete")} onClick={remove}>
        <IconBackspace size={30} stroke={1.6} />
      </button>
      <button type="button" onClick={() => add("0")}>
        0
      </button>
      <button
        type="button"
        className={classes["enter"]}
        aria-label={enter}
        disabled={pin.length < MIN}
        onClick={() => void submit()}
      >
        {busy ? <Loader color="currentColor" size="sm" /> : <IconArrowRight size={32} stroke={2} />}
      </button>
    </div>
  );
}
