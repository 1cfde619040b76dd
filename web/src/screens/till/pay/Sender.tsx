// Stands over everything while an order is on its way, and says what that means for the kitchen.
import { Loader, Modal } from "@mantine/core";
import { useEffect } from "react";
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
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      size="lg"
      aria-label={t("pay.sending")}
      transitionProps={{ duration: 0 }}
    >
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
    </Modal>
  );
}
