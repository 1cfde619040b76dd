// A manager's yes on somebody else's screen: name, PIN, and only for this one request. Whoever is signed in stays so.
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, queries } from "../../../api/client.js";
import { problemOf, refusalOf } from "../../../api/problem.js";
import { focusWhenShown } from "../../../parts/focus.js";
import { PinPad } from "../../../parts/PinPad.js";
import { useProblemWords } from "../../../words/problems.js";
import { shell } from "../../../words/shell.js";
import { useWords } from "../../../words/words.js";
import classes from "./OrderDetails.module.css";
import { past } from "./words.js";

interface ApproveProps {
  readonly permission: string;
  /** The id of what it is for. */
  readonly subject: string;
  /** Of the request that was approved. */
  readonly fault: string | undefined;
  onApproved(this: void, approval: string): Promise<void>;
}

export function Approve({ permission, subject, fault: before, onApproved }: ApproveProps) {
  const t = useWords(past);
  const words = useWords(shell);
  const say = useProblemWords();
  const { data: options, failureReason } = useQuery(queries.auth.sessions.options.queryOptions());
  const managers = options?.staff.filter(({ role }) => role === "manager") ?? [];
  const [only] = managers;
  const [chosen, setChosen] = useState<string>();
  const [fault, setFault] = useState(before);
  const name = chosen ?? (managers.length === 1 ? only?.name : undefined) ?? "";

  const enter = async (pin: string) => {
    setFault(undefined);
    try {
      const { approval } = await api.auth.approvals.create({ name, pin, permission, subject });
      await onApproved(approval);
    } catch (error) {
      setFault(say(refusalOf(error)));
    }
  };
  return (
    <div className={classes["form"]}>
      <h2 ref={focusWhenShown} tabIndex={-1}>
        {t("approve.title")}
      </h2>
      {managers.length > 1 && (
        <div role="group" aria-label={t("approve.who")} className={classes["people"]}>
          {managers.map((manager) => (
            <Button
              key={manager.id}
              size="lg"
              variant={name === manager.name ? "filled" : "default"}
              aria-pressed={name === manager.name}
              onClick={() => setChosen(manager.name)}
            >
              {manager.name}
            </Button>
          ))}
        </div>
      )}
      {options && managers.length === 0 && (
        <TextInput
          size="lg"
          label={t("approve.name")}
          value={name}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      )}
      {name !== "" && <p>{words("sign-in.pin-of", { name })}</p>}
      {name !== "" && (
        <PinPad
          key={name}
          label={words("sign-in.pin-of", { name })}
          enter={t("approve.enter")}
          onEnter={enter}
        />
      )}
      <p role="alert" className={classes["fault"]}>
        {!options && failureReason ? say(problemOf(failureReason)) : (fault ?? before)}
      </p>
    </div>
  );
}
