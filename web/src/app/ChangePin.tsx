// Whoever came with a one-time PIN chooses their own before anything else.
import { Button } from "@mantine/core";
import { useState } from "react";
import { refusalOf } from "../api/problem.js";
import { type Me, useSignIn } from "../api/session.js";
import { ChoosePin } from "../parts/ChoosePin.js";
import { useProblemWords } from "../words/problems.js";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import { Brand } from "./Brand.js";
import { Preferences } from "./Preferences.js";
import classes from "./SignIn.module.css";

export function ChangePin({ me }: { readonly me: Me }) {
  const t = useWords(shell);
  const say = useProblemWords();
  const { signOut, readAgain } = useSignIn();
  const [fault, setFault] = useState<string>();
  return (
    <main className={classes["page"]}>
      <header className={classes["top"]}>
        <Brand />
        <Preferences />
      </header>
      <section className={classes["door"]}>
        <h1>{t("change-pin.title", { name: me.name })}</h1>
        <ChoosePin current="current" onChosen={readAgain} />
        <Button
          variant="subtle"
          size="md"
          onClick={() => void signOut().catch((error: unknown) => setFault(say(refusalOf(error))))}
        >
          {t("sign-in.back")}
        </Button>
        <p role="alert" className={classes["fault"]}>
          {fault}
        </p>
      </section>
    </main>
  );
}
