// Orders that were placed: those the kitchen still works on, and all, newest first; each with its receipt and its end.
import { Button, Loader } from "@mantine/core";
import { useInfiniteQuery, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { Order } from "../../../../../src/modules/orders/contract.js";
import { queries } from "../../../api/client.js";
import { serverNow } from "../../../api/clock.js";
import { problemOf } from "../../../api/problem.js";
import { againAfterError } from "../../../api/session.js";
import { focusWhenShown } from "../../../parts/focus.js";
import { Sheet } from "../../../parts/Sheet.js";
import { createDayFormat } from "../../../words/dates.js";
import { pick, useLanguage } from "../../../words/language.js";
import { formatMoney } from "../../../words/money.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import type { Menu } from "../menu.js";
import { pay } from "../pay/words.js";
import { till } from "../words.js";
import { createProgress, progressByOrder, type Progress } from "./open-orders.js";
import { OrderDetails } from "./OrderDetails.js";
import classes from "./OrdersSheet.module.css";
import { past } from "./words.js";

/** Those in the kitchen are the newest, but in a rush more than a page of them. */
const PAGE = { open: 100, recent: 20 } as const;
/** Older ones that still stand there, perhaps forgotten: each is asked for by itself. */
const STRAGGLERS = 20;
/** Of these the list tells that they were served; of an older order its own page asks. */
const CLOSED = 100;
const VIEWS = ["open", "recent"] as const;
/** That money is back is told to managers only. */
const REFUND_MS = 5_000;

interface OrdersSheetProps {
  readonly menu: Menu;
  onClose(this: void): void;
}

const isRefunding = ({ payment }: Order) => payment.status === "refund-pending";

function useOrders(view: keyof typeof PAGE) {
  return useInfiniteQuery(
    queries.orders.list.infiniteOptions({
      input: (cursor: string | undefined) => ({ limit: PAGE[view], ...(cursor && { cursor }) }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
      refetchInterval: (query) =>
        query.state.data?.pages.some(({ items }) => items.some(isRefunding))
          ? REFUND_MS
          : againAfterError(query),
    }),
  );
}

/** The order that is looked at, as it is now. In a rush newer ones push it off the pages, and it is asked for by itself. */
function useChosen(chosen: Order | undefined, listed: readonly Order[]): Order | undefined {
  const found = listed.find(({ id }) => id === chosen?.id);
  const { data } = useQuery({
    ...queries.orders.get.queryOptions({ input: { id: chosen?.id ?? "" } }),
    enabled: chosen !== undefined && !found,
  });
  return found ?? (data?.id === chosen?.id ? data : undefined) ?? chosen;
}

/** When an order was placed, by the restaurant's clock; with its day where that is not today. */
function useWhen({ timeZone }: Menu): (order: Order) => string {
  const language = useLanguage();
  return useMemo(() => {
    const time = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "short" });
    const dayOf = createDayFormat(language, { timeZone });
    return ({ placedAt }) => {
      const at = new Date(placedAt);
      const day = dayOf(at);
      return day === dayOf(new Date(serverNow())) ? time.format(at) : `${day} ${time.format(at)}`;
    };
  }, [timeZone, language]);
}

export default function OrdersSheet({ menu, onClose }: OrdersSheetProps) {
  const t = useWords(past);
  const say = useProblemWords();
  const when = useWhen(menu);
  const [view, setView] = useState<(typeof VIEWS)[number]>("recent");
  const [chosen, setChosen] = useState<Order>();
  const [seen, setSeen] = useState<string>();
  const orders = useOrders(view);
  const tickets = useQuery(queries.kitchen.tickets.list.queryOptions({ input: {} }));
  const closed = useQuery(
    queries.kitchen.tickets.list.queryOptions({ input: { status: "closed", limit: CLOSED } }),
  );
  const open = tickets.data && progressByOrder(tickets.data.items);
  const progressOf =
    tickets.data && closed.data ? createProgress(tickets.data, closed.data) : undefined;
  const listed = orders.data?.pages.flatMap(({ items }) => items) ?? [];
  const ids = new Set(listed.map(({ id }) => id));
  const older = orders.data ? [...(open?.keys() ?? [])].filter((id) => !ids.has(id)) : [];
  const stragglers = useQueries({
    queries: (view === "open" ? older.slice(0, STRAGGLERS) : []).map((id) =>
      queries.orders.get.queryOptions({ input: { id } }),
    ),
  }).flatMap(({ data }) => data ?? []);
  const all = [...listed, ...stragglers.toSorted((one, other) => other.number - one.number)];
  const shown = view === "open" ? all.filter(({ id }) => open?.has(id)) : all;
  const more = orders.hasNextPage && (view === "recent" || older.length > STRAGGLERS);
  const order = useChosen(chosen, all);
  const error = orders.error ?? tickets.error ?? closed.error;

  return (
    <Sheet onClose={onClose} size={880} title={t("orders.title")}>
      {order ? (
        <OrderDetails
          key={order.id}
          order={order}
          progress={progressOf?.(order)}
          menu={menu}
          onBack={() => {
            setSeen(order.id);
            setChosen(undefined);
          }}
        />
      ) : (
        <div className={classes["orders"]}>
          <div role="group" aria-label={t("orders.which")} className={classes["views"]}>
            {VIEWS.map((one) => (
              <Button
                key={one}
                size="md"
                variant={view === one ? "filled" : "default"}
                aria-pressed={view === one}
                onClick={() => setView(one)}
              >
                {t(`orders.${one}`)}
              </Button>
            ))}
          </div>
          {error && <p role="alert">{say(problemOf(error))}</p>}
          {orders.isPending && <Loader />}
          {orders.data && (open || view === "recent") && shown.length === 0 && (
            <p>{t("orders.none")}</p>
          )}
          <ul>
            {shown.map((one) => (
              <OrderRow
                key={one.id}
                order={one}
                progress={progressOf?.(one)}
                when={when(one)}
                menu={menu}
                isSeen={one.id === seen}
                onChoose={setChosen}
              />
            ))}
          </ul>
          {more && (
            <Button
              variant="default"
              size="md"
              loading={orders.isFetchingNextPage}
              onClick={() => void orders.fetchNextPage()}
            >
              {t("orders.more")}
            </Button>
          )}
        </div>
      )}
    </Sheet>
  );
}

interface OrderRowProps {
  readonly order: Order;
  /** Undefined: not known. */
  readonly progress: Progress | undefined;
  readonly when: string;
  readonly menu: Menu;
  /** It was looked at last. */
  readonly isSeen: boolean;
  onChoose(this: void, order: Order): void;
}

function OrderRow({ order, progress, when, menu, isSeen, onChoose }: OrderRowProps) {
  const t = useWords(past);
  const words = useWords(till);
  const paper = useWords(pay);
  const language = useLanguage();
  const { tableName: name } = order;
  const state = order.status === "cancelled" ? "cancelled" : progress;
  return (
    <li>
      <button
        type="button"
        ref={isSeen ? focusWhenShown : undefined}
        onClick={() => onChoose(order)}
      >
        <b className={classes["number"]}>{order.number}</b>
        <span className={classes["what"]}>
          {order.lineItems
            .map(({ quantity, name }) => `${quantity} × ${pick(name, language)}`)
            .join(", ")}
          <small>
            {when} · {words(`till.${order.serviceType}`)} ·{" "}
            {name !== undefined && `${paper("receipt.table", { name })} · `}
            {order.placedBy.name}
          </small>
        </span>
        <span className={classes["state"]} data-state={state}>
          {state && t(`orders.${state}`)}
        </span>
        <b className={classes["total"]}>
          {formatMoney(order.totals.total, menu.decimals, language)}
        </b>
      </button>
    </li>
  );
}
