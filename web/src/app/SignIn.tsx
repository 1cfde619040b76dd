// The door: who is here, and their PIN. A wrong PIN says so and costs nothing else. Where nobody may be listed, a manager
// signs in with a password and can make the device known.
import { Button } from "@mantine/core";
import { IconChefHat, IconKey, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queries } from "../api/client.js";
import { problemOf, refusalOf } from "../api/problem.js";
import { useSignIn } from "../api/session.js";
import { focusWhenShown } from "../parts/focus.js";
import { PinPad } from "../parts/PinPad.js";
import { useProblemWords } from "../words/problems.js";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import { Brand } from "./Brand.js";
import { PasswordForm } from "./PasswordForm.js";
import { Preferences } from "./Preferences.js";
import classes from "./SignIn.module.css";

const ICONS = { manager: IconKey, cashier: IconUser, kitchen: IconChefHat };

export function SignIn() {
  const t = useWords(shell);
  const say = useProblemWords();
  const { data: options, failureReason } = useQuery({
    ...queries.auth.sessions.options.queryOptions(),
    staleTime: 0,
    retry: true,
    retryDelay: 2_000,
  });
  const [name, setName] = useState<string>();

  return (
    <main className={classes["page"]}>
      <header className={classes["top"]}>
        <Brand />
        <Preferences />
      </header>
      <section className={classes["door"]}>
        {!options && failureReason && <p role="alert">{say(problemOf(failureReason))}</p>}
        {options?.with === "password" && <PasswordForm />}
        {options?.with === "pin" &&
          (name === undefined ? (
            <>
              <h1>{t("sign-in.title")}</h1>
              <ul className={classes["people"]}>
                {options.staff.map((person) => {
                  const Icon = ICONS[person.role];
                  return (
                    <li key={person.id}>
                      <button type="button" onClick={() => setName(person.name)}>
                        <Icon size={30} stroke={1.6} aria-hidden />
                        <b>{person.name}</b>
                        <span>{t(`sign-in.${person.role}`)}</span>
                      </button>
                    </li>
                  );
                })}
              </ul>
            </>
          ) : (
            <PinDoor
              name={name}
              samplePin={options.samplePins?.find((sample) => sample.name === name)?.pin}
              onBack={() => setName(undefined)}
            />
          ))}
      </section>
    </main>
  );
}

interface PinDoorProps {
  readonly name: string;
  readonly samplePin: string | undefined;
  onBack(this: void): void;
}

function PinDoor({ name, samplePin, onBack }: PinDoorProps) {
  const t = useWords(shell);
  const say = useProblemWords();
  const { signIn } = useSignIn();
  const [fault, setFault] = useState<string>();
  const enter = async (pin: string) => {
    setFault(undefined);
    await signIn({ name, pin }).catch((error: unknown) => setFault(say(refusalOf(error))));
  };
  return (
    <>
      <h1 ref={focusWhenShown} tabIndex={-1}>
        {name}
      </h1>
      <PinPad label={t("sign-in.pin-of", { name })} enter={t("sign-in.enter")} onEnter={enter} />
      <p role="alert" className={classes["fault"]}>
        {fault}
      </p>
      {samplePin !== undefined && (
        <Button size="lg" variant="light" onClick={() => void enter(samplePin)}>
          {t("sign-in.sample", { pin: samplePin })}
        </Button>
      )}
      <Button variant="subtle" size="md" onClick={onBack}>
        {t("sign-in.back")}
      </Button>
    </>
  );
}
