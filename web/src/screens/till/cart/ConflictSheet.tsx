// What stands between the cart and the money: each dish with both numbers and the choices. The cart is kept.
import { Button } from "@mantine/core";
import { Sheet } from "../../../parts/Sheet.js";
import { pick, useLanguage } from "../../../words/language.js";
import { formatMoney, type Money } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import { till } from "../words.js";
import { limitProduct, removeProduct, takePrice } from "./cart.js";
import classes from "./ConflictSheet.module.css";
import type { Conflict, DishConflict } from "./conflicts.js";
import { changeCart } from "./store.js";

interface ConflictSheetProps {
  readonly conflicts: readonly Conflict[];
  readonly decimals: number;
  /** It was decided about this dish, or about the total. */
  onSettled(this: void, productId: string | undefined): void;
  onClose(this: void): void;
}

export function ConflictSheet({ conflicts, decimals, onSettled, onClose }: ConflictSheetProps) {
  const t = useWords(till);
  return (
    <Sheet onClose={onClose} title={t("till.conflict-title")}>
      <ul className={classes["list"]}>
        {conflicts.map((conflict) =>
          conflict.kind === "total" ? (
            <TotalRow
              key="total"
              conflict={conflict}
              decimals={decimals}
              onTake={() => onSettled(undefined)}
            />
          ) : (
            <Row
              key={conflict.productId}
              conflict={conflict}
              decimals={decimals}
              onSettled={onSettled}
            />
          ),
        )}
      </ul>
      <p className={classes["nothing"]}>{t("till.nothing-taken")}</p>
    </Sheet>
  );
}

interface TotalRowProps {
  readonly conflict: Extract<Conflict, { kind: "total" }>;
  readonly decimals: number;
  onTake(this: void): void;
}

function TotalRow({ conflict, decimals, onTake }: TotalRowProps) {
  const t = useWords(till);
  const language = useLanguage();
  const seen = formatMoney(conflict.seen, decimals, language);
  const now = formatMoney(conflict.now, decimals, language);
  return (
    <li>
      <p role="alert">{t("till.total-changed", { seen, now })}</p>
      <div className={classes["choices"]}>
        <Button size="lg" data-autofocus onClick={onTake}>
          {t("till.take-price", { now })}
        </Button>
      </div>
    </li>
  );
}

interface RowProps {
  readonly conflict: DishConflict;
  readonly decimals: number;
  onSettled(this: void, productId: string): void;
}

function Row({ conflict, decimals, onSettled }: RowProps) {
  const t = useWords(till);
  const language = useLanguage();
  const name = pick(conflict.name, language);
  const { productId } = conflict;
  const money = (amount: Money) => formatMoney(amount, decimals, language);
  const settle = (change: Parameters<typeof changeCart>[0]) => {
    changeCart(change);
    onSettled(productId);
  };
  return (
    <li>
      <p role="alert">
        {conflict.kind === "gone" && t("till.is-gone", { name })}
        {conflict.kind === "short" &&
          (conflict.left > 0
            ? t("till.only-left", { left: conflict.left, name, wanted: conflict.wanted })
            : t("till.none-left", { name, wanted: conflict.wanted }))}
        {conflict.kind === "price" &&
          t("till.price-changed", { name, seen: money(conflict.seen), now: money(conflict.now) })}
      </p>
      <div className={classes["choices"]}>
        {conflict.kind === "short" && conflict.left > 0 && (
          <Button
            size="lg"
            data-autofocus
            onClick={() => settle((cart) => limitProduct(cart, productId, conflict.left))}
          >
            {t("till.make-it", { count: conflict.left })}
          </Button>
        )}
        {conflict.kind === "price" && (
          <Button
            size="lg"
            data-autofocus
            onClick={() =>
              settle((cart) => takePrice(cart, productId, conflict.price, conflict.choices))
            }
          >
            {t("till.take-price", { now: money(conflict.now) })}
          </Button>
        )}
        <Button
          size="lg"
          variant="default"
          onClick={() => settle((cart) => removeProduct(cart, productId))}
        >
          {t("till.remove")}
        </Button>
      </div>
    </li>
  );
}
