// The orders (or payments) that a figure is made of, newest first; one is opened to see its lines.
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queries } from "../../../api/client.js";
import { useWords } from "../../../words/words.js";
import { More } from "../parts/More.js";
import parts from "../parts/parts.module.css";
import { Sheet } from "../parts/Sheet.js";
import { useFormat } from "../restaurant.js";
import { manager } from "../words.js";
import { OrderFacts } from "./OrderFacts.js";
import type { Range } from "./ranges.js";
import type { Reports } from "./reports.js";
import classes from "./Sales.module.css";
import { sales } from "./words.js";

export interface Asked {
  /** The figure, in words. */
  readonly what: string;
  /** It moves while its orders are looked at; they are read again together. */
  readonly figureIn?: (this: void, reports: Reports) => number;
  readonly filter: {
    readonly hour?: number;
    readonly dish?: string;
    readonly category?: string;
  };
  /** Given: the payments of this method, which need not be the orders' amounts. */
  readonly method?: "cash" | "card";
  /** Given: other days than the page shows. */
  readonly days?: Range;
}

interface Entry {
  readonly kind: "sale" | "cancellation" | "payment" | "refund";
  readonly orderId: string;
  readonly number: number;
  readonly at: string;
  readonly amount: { readonly amount: number; readonly currency: string };
  readonly server?: { readonly name: string };
  readonly reason?: string | undefined;
}

const PAGE = 50;

function useEntries({ filter, method, days: own }: Asked, days: Range) {
  const paging = {
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }: { nextCursor: string | null }) => nextCursor ?? undefined,
  };
  const asked = (cursor: string | undefined) => ({
    ...(own ?? days),
    limit: PAGE,
    ...(cursor !== undefined && { cursor }),
  });
  const orders = useInfiniteQuery({
    ...queries.reporting.orders.infiniteOptions({
      input: (cursor: string | undefined) => ({ ...asked(cursor), ...filter }),
      ...paging,
    }),
    enabled: method === undefined,
  });
  const payments = useInfiniteQuery({
    ...queries.reporting.payments.infiniteOptions({
      input: (cursor: string | undefined) => ({ ...asked(cursor), ...(method && { method }) }),
      ...paging,
    }),
    enabled: method !== undefined,
  });
  const items: readonly Entry[] =
    method === undefined
      ? (orders.data?.pages.flatMap((page) => page.items) ?? [])
      : (payments.data?.pages.flatMap((page) => page.items) ?? []);
  return { ...(method === undefined ? orders : payments), items };
}

interface OrdersBehindProps {
  readonly asked: Asked;
  /** The figure as it is now. */
  readonly amount: number | undefined;
  /** The days that the page shows. */
  readonly days: Range;
  onClose(this: void): void;
}

export function OrdersBehind({ asked, amount: figure, days, onClose }: OrdersBehindProps) {
  const t = useWords(sales);
  const words = useWords(manager);
  const { money, amount, unit, ofCurrency, dayAndTime } = useFormat();
  const [open, setOpen] = useState<Entry>();
  const list = useEntries(asked, days);

  return (
    <Sheet
      size={820}
      title={
        open
          ? t("sales.order-title", { number: open.number })
          : t("sales.behind", { what: asked.what })
      }
      onClose={onClose}
    >
      {open ? (
        <div className={classes["behind"]}>
          <div>
            <Button variant="default" size="md" onClick={() => setOpen(undefined)}>
              {words("manager.back")}
            </Button>
          </div>
          <OrderFacts id={open.orderId} />
        </div>
      ) : (
        <div className={classes["behind"]}>
          {figure !== undefined && <p className={classes["figure"]}>{money(ofCurrency(figure))}</p>}
          {list.items.length > 0 && (
            <table className={parts["table"]}>
              <thead>
                <tr>
                  <th scope="col">{t("sales.number")}</th>
                  <th scope="col">{t("sales.when")}</th>
                  <th scope="col">{t("sales.what")}</th>
                  {asked.method === undefined && (
                    <th scope="col" data-wide>
                      {t("sales.who")}
                    </th>
                  )}
                  <th scope="col" data-number>
                    {t("sales.adds", { unit })}
                  </th>
                </tr>
              </thead>
              <tbody>
                {list.items.map((entry) => (
                  <tr key={`${entry.kind} ${entry.orderId} ${entry.at}`}>
                    <th scope="row">
                      <button
                        type="button"
                        className={parts["open"]}
                        onClick={() => setOpen(entry)}
                      >
                        {entry.number}
                      </button>
                    </th>
                    <td>{dayAndTime(entry.at)}</td>
                    <td>
                      <span className={parts["badge"]} data-tone={TONES[entry.kind]}>
                        {t(`sales.${entry.kind}`)}
                      </span>
                      {entry.reason !== undefined && (
                        <span className={parts["second"]}>{entry.reason}</span>
                      )}
                    </td>
                    {asked.method === undefined && <td data-wide>{entry.server?.name}</td>}
                    <td data-number>{amount(entry.amount)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <More list={list} />
        </div>
      )}
    </Sheet>
  );
}

const TONES = { sale: "good", payment: "good", cancellation: "danger", refund: "danger" };
