// Stands over everything while an order is on its way, and says what that means for the kitchen.
import { Loader } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { sessionKey } from "../../../api/session.js";
import { Sheet } from "../../../parts/Sheet.js";
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
            <p>{placement.orderId === undefined ? t("pay.not-sent") : t("pay.under-way")}</p>
            <small>{t("pay.kept")}</small>
            <small>{t("pay.tries", { count: placement.tries })}</small>
          </>
        )}
      </div>
    </Sheet>
  );
}
