// All choices of one dish in one sheet: each group with how many one must and may choose, a note, a quantity.
import { Button } from "@mantine/core";
import { IconMinus, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { LimitedInput } from "../../../parts/LimitedInput.js";
import { Sheet } from "../../../parts/Sheet.js";
import { pick, useLanguage } from "../../../words/language.js";
import { formatAmount, formatMoney, westernDigits } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import { type Line, MAX_NOTE, MAX_QUANTITY } from "../cart/cart.js";
import type { Dish, Modifier, ModifierGroup } from "../menu.js";
import { till } from "../words.js";
import classes from "./DishSheet.module.css";

export interface Choice {
  readonly modifiers: readonly Modifier[];
  readonly quantity: number;
  readonly note: string;
}

interface DishSheetProps {
  readonly dish: Dish;
  /** When a line of the cart is changed. */
  readonly line: Line | undefined;
  readonly decimals: number;
  onDone(this: void, choice: Choice): void;
  onRemove(this: void): void;
  onClose(this: void): void;
}

const chosenOf = (group: ModifierGroup, codes: ReadonlySet<string>) =>
  group.modifiers.filter(({ code }) => codes.has(code));

export function DishSheet({ dish, line, decimals, onDone, onRemove, onClose }: DishSheetProps) {
  const t = useWords(till);
  const language = useLanguage();
  const [codes, setCodes] = useState<ReadonlySet<string>>(
    new Set(line?.modifiers.map(({ code }) => code)),
  );
  // As it stands in its field: empty while another one is about to be typed.
  const [typed, setTyped] = useState(String(line?.quantity ?? 1));
  const quantity = Number(typed);
  const setQuantity = (count: number) => setTyped(String(count));
  const [note, setNote] = useState(line?.note ?? "");
  const modifiers = dish.modifierGroups.flatMap((group) => chosenOf(group, codes));
  const missing = dish.modifierGroups.find((group) => chosenOf(group, codes).length < group.min);
  const price = line?.unitPrice ?? dish.price;
  const each = modifiers.reduce((sum, modifier) => sum + modifier.price.amount, price.amount);

  const toggle = (group: ModifierGroup, code: string) => {
    const next = new Set(codes);
    if (next.has(code)) next.delete(code);
    else {
      const chosen = chosenOf(group, codes);
      const [first] = chosen;
      // Where only one may be chosen, the new choice takes the old one's place.
      if (chosen.length >= group.max && group.max === 1 && first) next.delete(first.code);
      else if (chosen.length >= group.max) return;
      next.add(code);
    }
    setCodes(next);
  };
  const done = () => {
    if (!missing && quantity > 0) onDone({ modifiers, quantity, note: note.trim() });
  };

  return (
    <Sheet onClose={onClose} title={pick(dish.name, language)}>
      <form
        className={classes["sheet"]}
        onSubmit={(event) => {
          event.preventDefault();
          done();
        }}
      >
        {dish.modifierGroups.map((group) => (
          <Group
            key={group.code}
            group={group}
            codes={codes}
            decimals={decimals}
            onToggle={(code) => toggle(group, code)}
          />
        ))}
        <LimitedInput
          size="md"
          label={t("till.note")}
          value={note}
          maxLength={MAX_NOTE}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <div className={classes["foot"]}>
          <div className={classes["quantity"]} role="group" aria-label={t("till.quantity")}>
            <Button
              variant="default"
              size="lg"
              aria-label={t("till.less", { name: pick(dish.name, language) })}
              disabled={quantity <= 1}
              onClick={() => setQuantity(quantity - 1)}
            >
              <IconMinus size={20} aria-hidden />
            </Button>
            <input
              inputMode="numeric"
              autoComplete="off"
              aria-label={t("till.quantity")}
              maxLength={String(MAX_QUANTITY).length}
              value={typed}
              onFocus={(event) => event.currentTarget.select()}
              onChange={(event) =>
                setTyped(westernDigits(event.currentTarget.value).replaceAll(/\D/g, ""))
              }
              onBlur={() => setQuantity(Math.max(1, quantity))}
            />
            <Button
              variant="default"
              size="lg"
              aria-label={t("till.more", { name: pick(dish.name, language) })}
              disabled={quantity >= Math.min(MAX_QUANTITY, dish.left ?? MAX_QUANTITY)}
              onClick={() => setQuantity(quantity + 1)}
            >
              <IconPlus size={20} aria-hidden />
            </Button>
          </div>
          {line && (
            <Button size="lg" variant="light" color="chilli" onClick={onRemove}>
              {t("till.remove")}
            </Button>
          )}
          <Button
            type="submit"
            size="lg"
            disabled={missing !== undefined || quantity < 1}
            className={classes["done"] ?? ""}
          >
            {missing
              ? t("till.missing", { count: missing.min - chosenOf(missing, codes).length })
              : `${line ? t("till.save") : t("till.add")} · ${formatMoney({ amount: each * quantity, currency: price.currency }, decimals, language)}`}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}

interface GroupProps {
  readonly group: ModifierGroup;
  readonly codes: ReadonlySet<string>;
  readonly decimals: number;
  onToggle(this: void, code: string): void;
}

function Group({ group, codes, decimals, onToggle }: GroupProps) {
  const t = useWords(till);
  const language = useLanguage();
  const { min, max, modifiers } = group;
  const chosen = chosenOf(group, codes).length;
  const single = max === 1;
  const rule =
    min === max
      ? t("till.choose", { count: min })
      : min === 0
        ? t("till.choose-up-to", { count: max })
        : t("till.choose-range", { min, max });
  return (
    <fieldset className={classes["group"]}>
      <legend>
        {pick(group.name, language)} <small>{rule}</small>
      </legend>
      <div className={classes["choices"]}>
        {modifiers.map(({ code, name, price }) => {
          const on = codes.has(code);
          return (
            <label key={code} data-on={on || undefined}>
              <input
                type="checkbox"
                checked={on}
                disabled={!on && !single && chosen >= max}
                onChange={() => onToggle(code)}
              />
              <span>{pick(name, language)}</span>
              <small>
                {price.amount > 0 ? `+${formatAmount(price.amount, decimals)}` : t("till.free")}
              </small>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
