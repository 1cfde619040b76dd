// What became of the order: its number and the change, large, beside the receipt; or why it was not placed.
import { Button } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconPrinter } from "@tabler/icons-react";
import { useSetting } from "../../../parts/setting.js";
import type { Order } from "../../../../../src/modules/orders/contract.js";
import type { Problem } from "../../../api/problem.js";
import { Sheet } from "../../../parts/Sheet.js";
import { useLanguage } from "../../../words/language.js";
import { formatMoney } from "../../../words/money.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import type { Menu } from "../menu.js";
import { till } from "../words.js";
import classes from "./OutcomeSheet.module.css";
import { printed, printReceipt } from "./printed.js";
import { Receipt } from "./Receipt.js";
import { pay } from "./words.js";
import "./print.css";

interface PlacedSheetProps {
  readonly order: Order;
  readonly menu: Menu;
  onClose(this: void): void;
}

export function PlacedSheet({ order, menu, onClose }: PlacedSheetProps) {
  const t = useWords(pay);
  const language = useLanguage();
  const copy = useSetting(printed).includes(order.id);
  const { method, change } = order.payment;
  const back = change !== undefined && change.amount > 0 ? change : undefined;
  const toDo = back
    ? t("pay.give-change")
    : method === "card"
      ? t("pay.paid-card")
      : t("pay.no-change");
  const amount = back && formatMoney(back, menu.decimals, language);
  const number = t("pay.placed", { number: order.number });
  return (
    // Who hears the screen is told the change first of all, not when they go looking for it.
    <Sheet onClose={onClose} size={780} label={`${number}. ${toDo} ${amount ?? ""}`}>
      <div className={classes["placed"]}>
        <section>
          <p className={classes["number"]} role="status">
            <IconCheck size={30} stroke={2.5} aria-hidden />
            {number}
          </p>
          <p className={classes["change"]} data-some={back !== undefined || undefined}>
            <span>{toDo}</span>
            {amount !== undefined && <b>{amount}</b>}
          </p>
          <Button size="xl" data-autofocus onClick={onClose} className={classes["next"] ?? ""}>
            {t("pay.new-order")}
          </Button>
          <Button
            size="lg"
            variant="default"
            leftSection={<IconPrinter size={22} aria-hidden />}
            onClick={() => printReceipt(order.id)}
          >
            {t("pay.print")}
          </Button>
        </section>
        <div
          className={classes["paper"]}
          tabIndex={0}
          role="group"
          aria-label={t("receipt.receipt")}
        >
          <Receipt order={order} menu={menu} copy={copy} />
        </div>
      </div>
    </Sheet>
  );
}

interface RefusedSheetProps {
  readonly problem: Problem;
  readonly unsure: boolean;
  onClose(this: void): void;
}

export function RefusedSheet({ problem, unsure, onClose }: RefusedSheetProps) {
  const t = useWords(pay);
  const words = useWords(till);
  const say = useProblemWords();
  return (
    <Sheet onClose={onClose} title={t(unsure ? "pay.unsure" : "pay.refused")}>
      <div className={classes["refused"]}>
        <p role="alert">
          <IconAlertTriangle size={28} aria-hidden /> {say(problem)}
        </p>
        <p>{unsure ? t("pay.look") : words("till.nothing-taken")}</p>
        <Button size="xl" data-autofocus onClick={onClose}>
          {t("pay.back")}
        </Button>
      </div>
    </Sheet>
  );
}
