// The door: who is here, and their PIN. A wrong PIN says so and costs nothing else.
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { problemOf } from "../api/problem.js";
import { useSignIn } from "../api/session.js";
import { PinPad } from "../parts/PinPad.js";
import { useProblemWords } from "../words/problems.js";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import { Brand } from "./Brand.js";
import { Preferences } from "./Preferences.js";
import classes from "./SignIn.module.css";

export function SignIn() {
  const t = useWords(shell);
  const say = useProblemWords();
  const { signIn } = useSignIn();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string>();
  const [fault, setFault] = useState<string>();

  const next = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== "") setChosen(name.trim());
  };
  const enter = async (who: string, pin: string) => {
    setFault(undefined);
    await signIn(who, pin).catch((error: unknown) => setFault(say(problemOf(error))));
  };

  return (
    <main className={classes["page"]}>
      <header className={classes["top"]}>
        <Brand />
        <Preferences />
      </header>
      <section className={classes["door"]}>
        {chosen === undefined ? (
          <form onSubmit={next} className={classes["name"]}>
            <h1>{t("sign-in.title")}</h1>
            <TextInput
              size="lg"
              label={t("sign-in.name")}
              value={name}
              autoComplete="username"
              data-autofocus
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" size="lg">
              {t("sign-in.next")}
            </Button>
          </form>
        ) : (
          <>
            <h1>{chosen}</h1>
            <PinPad
              label={t("sign-in.pin-of", { name: chosen })}
              enter={t("sign-in.enter")}
              onEnter={(pin) => enter(chosen, pin)}
            />
            <p role="alert" className={classes["fault"]}>
              {fault}
            </p>
            <Button variant="subtle" onClick={() => setChosen(undefined)}>
              {t("sign-in.back")}
            </Button>
          </>
        )}
      </section>
    </main>
  );
}
