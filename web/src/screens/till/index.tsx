// The till: dishes on the left, the cart on the right, and over them the one sheet that is open.
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { queries } from "../../api/client.js";
import { problemOf } from "../../api/problem.js";
import { Waiting } from "../../app/Waiting.js";
import { pick, useLanguage } from "../../words/language.js";
import { useProblemWords } from "../../words/problems.js";
import { useWords } from "../../words/words.js";
import { addDish, changeLine, countOf, MAX_LINES, MAX_QUANTITY, setQuantity } from "./cart/cart.js";
import { CartPanel } from "./cart/CartPanel.js";
import { type Conflict, conflictsIn, conflictsOf } from "./cart/conflicts.js";
import { ConflictSheet } from "./cart/ConflictSheet.js";
import { changeCart, currentCart, useCart } from "./cart/store.js";
import { useTotals } from "./cart/totals.js";
import { Dishes } from "./dishes/Dishes.js";
import { type Choice, DishSheet } from "./dishes/DishSheet.js";
import classes from "./Till.module.css";
import { type Dish, type Menu, useMenu } from "./menu.js";
import { PlacedSheet, RefusedSheet } from "./pay/OutcomeSheet.js";
import { Paying } from "./pay/Paying.js";
import { dismissOutcome, useOutcome, usePlacement } from "./pay/placement.js";
import { Sender } from "./pay/Sender.js";
import { till } from "./words.js";

const loadOrders = () => import("./orders/OrdersSheet.js");
const OrdersSheet = lazy(loadOrders);

/** Long enough to read it twice. */
const SAID_MS = 5_000;

type Sheet =
  | { readonly kind: "dish"; readonly dish: Dish; readonly lineId?: string }
  | { readonly kind: "conflicts"; readonly conflicts: readonly Conflict[] }
  | { readonly kind: "pay" }
  | { readonly kind: "orders" };

export default function Till() {
  const { menu, failureReason } = useMenu();
  const say = useProblemWords();
  if (menu) return <Counter menu={menu} />;
  return failureReason ? (
    <p role="alert" className={classes["failed"]}>
      {say(problemOf(failureReason))}
    </p>
  ) : (
    <Waiting />
  );
}

function Counter({ menu }: { readonly menu: Menu }) {
  const t = useWords(till);
  const say = useProblemWords();
  const language = useLanguage();
  const cart = useCart();
  const placement = usePlacement();
  const outcome = useOutcome();
  const { totals, old, error } = useTotals(cart);
  const [sheet, setSheet] = useState<Sheet>();
  const [said, setSaid] = useState("");
  const [added, setAdded] = useState("");
  const close = () => setSheet(undefined);
  // Another window of this till has sent the order, or cleared it: its payment must not come back with the next one.
  if (sheet?.kind === "pay" && cart.lines.length === 0) close();

  /** False, and said, where the cart has all that is left already. */
  const hasMore = useCallback(
    (dish: Dish): boolean => {
      const { left } = dish;
      setSaid("");
      if (left === undefined || countOf(currentCart(), dish.productId) < left) return true;
      const name = pick(dish.name, language);
      setSaid(
        left === 0 ? `${name}: ${t("till.sold-out")}` : t("till.all-in-cart", { left, name }),
      );
      return false;
    },
    [language, t],
  );
  /** Told to who hears the screen: a search ends with the dish in the cart, and nothing else says which one it was. */
  const add = useCallback(
    (dish: Dish, choice: Choice) => {
      const before = countOf(currentCart(), dish.productId);
      changeCart((cart) => addDish(cart, { dish, ...choice, id: crypto.randomUUID() }));
      const count = countOf(currentCart(), dish.productId);
      setAdded(`${pick(dish.name, language)}: ${t("till.in-cart", { count })}`);
      if (count < before + choice.quantity) setSaid(t("till.full", { MAX_LINES, MAX_QUANTITY }));
    },
    [language, t],
  );
  // Stays the same function while the cart changes: of hundreds of tiles only the one that changed is drawn again.
  const onPick = useCallback(
    (dish: Dish) => {
      if (!hasMore(dish)) return;
      if (dish.modifierGroups.some(({ min }) => min > 0)) setSheet({ kind: "dish", dish });
      else add(dish, { modifiers: [], quantity: 1, note: "" });
    },
    [hasMore, add],
  );
  const onMore = (lineId: string) => {
    const line = cart.lines.find(({ id }) => id === lineId);
    const dish = line && menu.byId.get(line.productId);
    if (!line || (dish && !hasMore(dish))) return;
    changeCart((before) => setQuantity(before, lineId, line.quantity + 1));
    if (line.quantity >= MAX_QUANTITY) setSaid(t("till.full", { MAX_LINES, MAX_QUANTITY }));
  };
  const onEdit = (lineId: string) => {
    const line = cart.lines.find(({ id }) => id === lineId);
    const dish = line && menu.byId.get(line.productId);
    if (dish) setSheet({ kind: "dish", dish, lineId });
  };
  const onDone = (dish: Dish, lineId: string | undefined, choice: Choice) => {
    if (lineId === undefined) add(dish, choice);
    else changeCart((before) => changeLine(before, lineId, choice));
    close();
  };
  const onOrders = () => {
    setSaid("");
    // Loaded first: where that fails the till must stand as it is.
    loadOrders().then(
      () => setSheet((open) => open ?? { kind: "orders" }),
      (failure: unknown) => setSaid(say(problemOf(failure))),
    );
  };
  const onPay = () => {
    const conflicts = conflictsOf(cart, menu);
    if (conflicts.length > 0) setSheet({ kind: "conflicts", conflicts });
    else if (totals) setSheet({ kind: "pay" });
    else if (cart.lines.length > 0) setSaid(error ? say(problemOf(error)) : t("till.no-total"));
  };

  useEffect(() => {
    if (said === "") return undefined;
    const timer = setTimeout(() => setSaid(""), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);

  const busy = sheet !== undefined || placement !== undefined || outcome !== undefined;
  useEffect(() => {
    if (busy) return undefined;
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      onPay();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });

  const notPlaced = outcome?.kind === "refused" ? outcome : undefined;
  const refusal = notPlaced?.problem;
  const refused = useMemo(
    () => (refusal ? conflictsIn(refusal.code, refusal.data, currentCart()) : []),
    [refusal],
  );
  const client = useQueryClient();
  useEffect(() => {
    if (refusal?.code !== "price-changed") return;
    // What is known of this cart is what was refused.
    void client.resetQueries({ queryKey: queries.orders.calculate.key() });
    void client.invalidateQueries({ queryKey: queries.restaurant.menu.key() });
  }, [refusal, client]);
  const settled = (productId: string | undefined, all: readonly Conflict[]) => {
    const rest = all.filter((conflict) => conflict.productId !== productId);
    dismissOutcome();
    if (productId === undefined) setSheet({ kind: "pay" });
    else setSheet(rest.length > 0 ? { kind: "conflicts", conflicts: rest } : undefined);
  };

  return (
    <div className={classes["till"]}>
      <Dishes menu={menu} cart={cart} quiet={busy} onPick={onPick} />
      <CartPanel
        menu={menu}
        cart={cart}
        totals={totals}
        old={old}
        error={error}
        onEdit={onEdit}
        onMore={onMore}
        onConflicts={(conflicts) => setSheet({ kind: "conflicts", conflicts })}
        onPay={onPay}
        onOrders={onOrders}
      />
      <p role="status" className={classes["said"]} data-some={said !== "" || undefined}>
        {said}
      </p>
      <p role="status" className="visually-hidden">
        {added}
      </p>
      {placement ? (
        <Sender placement={placement} />
      ) : outcome?.kind === "placed" ? (
        <PlacedSheet order={outcome.order} menu={menu} onClose={dismissOutcome} />
      ) : refusal && refused.length === 0 ? (
        <RefusedSheet
          problem={refusal}
          unsure={notPlaced?.unsure === true}
          onClose={dismissOutcome}
        />
      ) : refusal ? (
        <ConflictSheet
          conflicts={refused}
          decimals={menu.decimals}
          onSettled={(productId) => settled(productId, refused)}
          onClose={dismissOutcome}
        />
      ) : sheet?.kind === "conflicts" ? (
        <ConflictSheet
          conflicts={sheet.conflicts}
          decimals={menu.decimals}
          onSettled={(productId) => settled(productId, sheet.conflicts)}
          onClose={close}
        />
      ) : sheet?.kind === "dish" ? (
        <DishSheet
          key={sheet.lineId ?? sheet.dish.productId}
          dish={sheet.dish}
          line={cart.lines.find(({ id }) => id === sheet.lineId)}
          decimals={menu.decimals}
          onDone={(choice) => onDone(sheet.dish, sheet.lineId, choice)}
          onRemove={() => {
            const { lineId } = sheet;
            if (lineId !== undefined) changeCart((before) => setQuantity(before, lineId, 0));
            close();
          }}
          onClose={close}
        />
      ) : sheet?.kind === "orders" ? (
        <Suspense>
          <OrdersSheet menu={menu} onClose={close} />
        </Suspense>
      ) : sheet?.kind === "pay" ? (
        <Paying
          menu={menu}
          cart={cart}
          total={old ? undefined : totals?.total}
          fault={error ? say(problemOf(error)) : undefined}
          onClose={close}
        />
      ) : undefined}
    </div>
  );
}
