// The open order: its lines, how it is served, what it costs, and the way to pay.
import { Button } from "@mantine/core";
import { IconReceipt } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { useProblemWords } from "../../../words/problems.js";
import { problemOf } from "../../../api/problem.js";
import { useLanguage } from "../../../words/language.js";
import { formatMoney } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import type { Menu } from "../menu.js";
import { till } from "../words.js";
import { type Cart, EMPTY, subtotalOf } from "./cart.js";
import { CartBar } from "./CartBar.js";
import classes from "./CartPanel.module.css";
import { type Conflict, conflictsOf, linesToChoose } from "./conflicts.js";
import { LineRow } from "./LineRow.js";
import { ServicePicker } from "./ServicePicker.js";
import { changeCart } from "./store.js";
import { type Totals, TotalsTable } from "./TotalsTable.js";

const cx = (...names: readonly string[]) => names.map((name) => classes[name]).join(" ");

interface CartPanelProps {
  readonly menu: Menu;
  readonly cart: Cart;
  readonly totals: Totals | undefined;
  readonly old: boolean;
  readonly error: Error | null;
  onEdit(this: void, lineId: string): void;
  onMore(this: void, lineId: string): void;
  onConflicts(this: void, conflicts: readonly Conflict[]): void;
  onPay(this: void): void;
  onOrders(this: void): void;
}

export function CartPanel(props: CartPanelProps) {
  const { menu, cart, totals, old, error, onEdit, onMore, onConflicts, onPay, onOrders } = props;
  const t = useWords(till);
  const say = useProblemWords();
  const language = useLanguage();
  const [cleared, setCleared] = useState<Cart>();
  const conflicts = conflictsOf(cart, menu);
  const problem = error ? problemOf(error) : undefined;
  const toChoose = problem && linesToChoose(problem.code, problem.data);
  const empty = cart.lines.length === 0;
  const canPay = totals !== undefined || conflicts.length > 0;
  const subtotal = { amount: subtotalOf(cart), currency: menu.currency };
  // What was cleared can be put back until something else is ordered, not after another guest's order.
  if (!empty && cleared) setCleared(undefined);
  const [open, setOpen] = useState(false);
  const [had, setHad] = useState(!empty);
  if (had === empty) {
    setHad(!empty);
    // The order has gone, or its last dish: the next one begins with the dishes.
    if (empty && !cleared) setOpen(false);
  }
  const list = useRef<HTMLUListElement>(null);
  const lastId = cart.lines.at(-1)?.id;
  useEffect(() => {
    if (lastId !== undefined) list.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [lastId]);

  return (
    <aside className={classes["cart"]} aria-label={t("till.cart")} data-open={open || undefined}>
      <header className={classes["head"]}>
        <h1>{t("till.cart")}</h1>
        {empty && cleared ? (
          <Button
            variant="subtle"
            onClick={() => {
              changeCart(() => cleared);
              setCleared(undefined);
            }}
          >
            {t("till.undo")}
          </Button>
        ) : (
          !empty && (
            <Button
              variant="subtle"
              color="gray"
              onClick={() => {
                setCleared(cart);
                changeCart(({ serviceType }) => ({ ...EMPTY, serviceType }));
              }}
            >
              {t("till.clear")}
            </Button>
          )
        )}
        <Button
          variant="default"
          leftSection={<IconReceipt size={20} aria-hidden />}
          onClick={onOrders}
        >
          {t("till.orders")}
        </Button>
      </header>
      <div className={classes["folded"]}>
        <ServicePicker cart={cart} />
      </div>
      {empty ? (
        <div className={cx("empty", "folded")}>
          <p>{t("till.cart-empty")}</p>
          <p className={classes["keys"]}>{t("till.keys")}</p>
        </div>
      ) : (
        <ul ref={list} className={cx("lines", "folded")}>
          {cart.lines.map((line) => (
            <LineRow
              key={line.id}
              line={line}
              decimals={menu.decimals}
              toChoose={toChoose?.has(line.id) ?? false}
              conflict={conflicts.find(({ productId }) => productId === line.productId)}
              onEdit={onEdit}
              onMore={onMore}
              onConflict={(conflict) => onConflicts([conflict])}
            />
          ))}
        </ul>
      )}
      {!empty && (
        <footer className={cx("foot", "folded")} data-old={old || undefined}>
          {totals ? (
            <TotalsTable totals={totals} decimals={menu.decimals} />
          ) : (
            <p className={classes["no-total"]} role="status">
              {formatMoney(subtotal, menu.decimals, language)}
              <small>{problem ? say(problem) : t("till.no-total")}</small>
            </p>
          )}
          <Button
            size="xl"
            fullWidth
            disabled={!canPay}
            onClick={onPay}
            className={classes["pay"] ?? ""}
          >
            {t("till.pay")}
            {totals && <b>{formatMoney(totals.total, menu.decimals, language)}</b>}
          </Button>
        </footer>
      )}
      <CartBar
        count={cart.lines.reduce((count, { quantity }) => count + quantity, 0)}
        total={empty ? "" : formatMoney(totals?.total ?? subtotal, menu.decimals, language)}
        old={old || !totals}
        open={open}
        canPay={!empty}
        onToggle={() => setOpen(!open)}
        onPay={onPay}
      />
    </aside>
  );
}
