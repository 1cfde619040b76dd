// Stands over everything while an order is on its way, and says what that means for the kitchen.
import { Button, Loader } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { refusalOf } from "../../../api/problem.js";
import { sessionKey, useSession, useSignIn } from "../../../api/session.js";
import { Sheet } from "../../../parts/Sheet.js";
import { useProblemWords } from "../../../words/problems.js";
import { shell } from "../../../words/shell.js";
import { useWords } from "../../../words/words.js";
import { pauseMs, type Placement, tryPlacement } from "./placement.js";
import classes from "./Sender.module.css";
import { pay } from "./words.js";

export function Sender({ placement }: { readonly placement: Placement }) {
  const t = useWords(pay);
  useEffect(() => {
    const timer = setTimeout(() => void tryPlacement(), pauseMs(placement.tries));
    return () => clearTimeout(timer);
  }, [placement]);
  const waiting = placement.tries > 0;
  const client = useQueryClient();
  useEffect(() => {
    // Perhaps nobody is signed in any more: then the door opens, and the order goes on behind it.
    if (waiting) void client.invalidateQueries({ queryKey: sessionKey });
  }, [client, waiting]);
  return (
    <Sheet label={t("pay.sending")}>
      <div className={classes["sender"]} role="alert" data-waiting={waiting || undefined}>
        <Loader size="lg" />
        {!waiting && <p>{t("pay.sending")}</p>}
        {waiting && (
          <>
            <p>
              {placement.parked
                ? t("pay.parked")
                : t(placement.orderId === undefined ? "pay.not-sent" : "pay.under-way")}
            </p>
            <small>{t("pay.kept")}</small>
            <small>{t("pay.tries", { count: placement.tries })}</small>
          </>
        )}
        {placement.parked && <Decider />}
      </div>
    </Sheet>
  );
}

/** The way to the one who decides: nothing else leads away from here. */
function Decider() {
  const t = useWords(pay);
  const words = useWords(shell);
  const say = useProblemWords();
  const { data: me } = useSession();
  const { signOut } = useSignIn();
  const [fault, setFault] = useState<string>();
  if (me?.permissions.includes("system.operate")) {
    return (
      <Link href="~/system/sagas" className={classes["decide"]}>
        {t("pay.decide")}
      </Link>
    );
  }
  return (
    <>
      <Button
        size="lg"
        onClick={() => void signOut().catch((error: unknown) => setFault(say(refusalOf(error))))}
      >
        {words("shell.switch-user")}
      </Button>
      {fault !== undefined && <small>{fault}</small>}
    </>
  );
}
