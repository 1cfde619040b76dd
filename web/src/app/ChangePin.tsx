// Whoever came with a one-time PIN chooses their own before anything else.
import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "../api/client.js";
import { refusalOf } from "../api/problem.js";
import { type Me, useSignIn } from "../api/session.js";
import { PinPad } from "../parts/PinPad.js";
import { useProblemWords } from "../words/problems.js";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import { Brand } from "./Brand.js";
import { Preferences } from "./Preferences.js";
import classes from "./SignIn.module.css";

const STEPS = ["current", "new", "again"] as const;

export function ChangePin({ me }: { readonly me: Me }) {
  const t = useWords(shell);
  const say = useProblemWords();
  const { signIn, signOut } = useSignIn();
  const [pins, setPins] = useState<readonly string[]>([]);
  const [fault, setFault] = useState<string>();
  const step = STEPS[pins.length] ?? "again";
  const enter = async (pin: string) => {
    setFault(undefined);
    const [currentPin, newPin] = pins;
    if (currentPin === undefined || newPin === undefined) return setPins([...pins, pin]);
    setPins([]);
    if (pin !== newPin) return setFault(t("change-pin.differ"));
    try {
      await api.auth.changePin({ currentPin, newPin });
      await signIn({ name: me.name, pin: newPin });
    } catch (error) {
      setFault(say(refusalOf(error)));
    }
    return undefined;
  };
  return (
    <main className={classes["page"]}>
      <header className={classes["top"]}>
        <Brand />
        <Preferences />
      </header>
      <section className={classes["door"]}>
        <h1>{t("change-pin.title", { name: me.name })}</h1>
        <p>{t(`change-pin.${step}`)}</p>
        <PinPad
          key={step}
          label={t(`change-pin.${step}`)}
          enter={t("sign-in.next")}
          onEnter={enter}
        />
        <p role="alert" className={classes["fault"]}>
          {fault}
        </p>
        <Button
          variant="subtle"
          size="md"
          onClick={() => void signOut().catch((error: unknown) => setFault(say(refusalOf(error))))}
        >
          {t("sign-in.back")}
        </Button>
      </section>
    </main>
  );
}
