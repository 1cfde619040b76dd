// One order: its receipt, how it stands, print it again, cancel it.
import { Button } from "@mantine/core";
import { IconArrowLeft, IconPrinter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { Order } from "../../../../../src/modules/orders/contract.js";
import { queries } from "../../../api/client.js";
import { problemOf } from "../../../api/problem.js";
import { useSession } from "../../../api/session.js";
import { focusWhenShown } from "../../../parts/focus.js";
import { useLanguage } from "../../../words/language.js";
import { formatMoney, type Money } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import type { Menu } from "../menu.js";
import { printReceipt } from "../pay/printed.js";
import { Receipt } from "../pay/Receipt.js";
import { pay } from "../pay/words.js";
import { CancelForm } from "./CancelForm.js";
import { type Progress, progressByOrder } from "./open-orders.js";
import { refundWords } from "./refund.js";
import classes from "./OrderDetails.module.css";
import { past } from "./words.js";

interface OrderDetailsProps {
  readonly order: Order;
  readonly progress: Progress | undefined;
  readonly menu: Menu;
  onBack(this: void): void;
}

/** Asked of the kitchen where its lists do not go back far enough. */
function useProgress({ id }: Order, listed: Progress | undefined): Progress | undefined {
  const { data, error } = useQuery({
    ...queries.kitchen.order.queryOptions({ input: { orderId: id } }),
    enabled: listed === undefined,
  });
  if (listed) return listed;
  if (error) return problemOf(error).code === "not-found" ? "absent" : undefined;
  return data && progressByOrder(data.tickets).get(id);
}

export function OrderDetails({ order, progress: listed, menu, onBack }: OrderDetailsProps) {
  const progress = useProgress(order, listed);
  const t = useWords(past);
  const words = useWords(pay);
  const language = useLanguage();
  const { data: me } = useSession();
  const [cancelling, setCancelling] = useState(false);
  const [back, setBack] = useState<Money>();
  const { cancellation } = order;
  const cancelled = order.status === "cancelled";
  return (
    <div className={classes["details"]}>
      <section>
        <Button
          variant="subtle"
          size="md"
          leftSection={<IconArrowLeft size={20} aria-hidden />}
          onClick={onBack}
        >
          {t("orders.back")}
        </Button>
        {cancelling && !cancelled ? (
          <CancelForm order={order} progress={progress} menu={menu} onCancelled={setBack} />
        ) : (
          <>
            <h2 ref={focusWhenShown} tabIndex={-1}>
              {words("pay.placed", { number: order.number })}
            </h2>
            <p role="status">
              {cancelled ? t(refundWords(order)) : progress && t(`orders.${progress}`)}
            </p>
            {cancelled && back && back.amount > 0 && order.payment.method === "cash" && (
              <p role="status" className={classes["back"]}>
                {t("cancel.money-back", { amount: formatMoney(back, menu.decimals, language) })}
              </p>
            )}
            {cancellation && (
              <p>
                {t("orders.reason", { reason: cancellation.reason })}
                {cancellation.approvedBy &&
                  ` · ${t("orders.approved-by", { name: cancellation.approvedBy.name })}`}
              </p>
            )}
            <Button
              size="lg"
              variant="default"
              leftSection={<IconPrinter size={22} aria-hidden />}
              onClick={() => printReceipt(order.id)}
            >
              {t("orders.reprint")}
            </Button>
            {!cancelled && (
              <Button size="lg" variant="light" color="chilli" onClick={() => setCancelling(true)}>
                {t("orders.cancel")}
              </Button>
            )}
            {me?.permissions.includes("system.operate") && (
              <Link href={`~/system/orders/${order.id}`} className={classes["story"]}>
                {t("orders.story")}
              </Link>
            )}
          </>
        )}
      </section>
      <div
        className={classes["paper"]}
        tabIndex={0}
        role="group"
        aria-label={words("receipt.receipt")}
      >
        <Receipt order={order} menu={menu} copy />
      </div>
    </div>
  );
}
