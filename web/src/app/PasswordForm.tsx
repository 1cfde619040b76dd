// Signing in where a PIN is not enough: name and password, or a one-time PIN, which is good anywhere; and whether this
// device is to be known from now on.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { refusalOf } from "../api/problem.js";
import { useSignIn } from "../api/session.js";
import { useProblemWords } from "../words/problems.js";
import { westernDigits } from "../words/money.js";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import classes from "./SignIn.module.css";

/** No password is made of digits only. */
const proofOf = (typed: string) => {
  const pin = westernDigits(typed);
  return /^\d+$/.test(pin) ? { pin } : { password: typed };
};

export function PasswordForm() {
  const t = useWords(shell);
  const say = useProblemWords();
  const { signIn } = useSignIn();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [rememberDevice, setRememberDevice] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(undefined);
    void signIn({ name: name.trim(), ...proofOf(password), rememberDevice })
      .catch((error: unknown) => setFault(say(refusalOf(error))))
      .finally(() => setBusy(false));
  };
  return (
    <form onSubmit={submit} className={classes["form"]}>
      <h1>{t("sign-in.title")}</h1>
      <p>{t("sign-in.unknown-device")}</p>
      <TextInput
        size="lg"
        label={t("sign-in.name")}
        value={name}
        autoComplete="username"
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        size="lg"
        label={t("sign-in.password")}
        value={password}
        autoComplete="current-password"
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <label className={classes["remember"]}>
        <input
          type="checkbox"
          checked={rememberDevice}
          onChange={(event) => setRememberDevice(event.currentTarget.checked)}
        />
        {t("sign-in.remember")}
      </label>
      <p role="alert" className={classes["fault"]}>
        {fault}
      </p>
      <Button
        type="submit"
        size="lg"
        loading={busy}
        disabled={name.trim() === "" || password === ""}
      >
        {t("sign-in.enter")}
      </Button>
    </form>
  );
}
