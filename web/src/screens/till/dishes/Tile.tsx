// One dish, with its photo or a drawing: a tap puts it into the cart. Sold out it is grey, says so, and stays visible.
import { memo, useState } from "react";
import { other, pick, useLanguage } from "../../../words/language.js";
import { formatAmount } from "../../../words/money.js";
import { useWords } from "../../../words/words.js";
import type { Dish } from "../menu.js";
import { till } from "../words.js";
import { DishArt } from "./DishArt.js";
import classes from "./Tile.module.css";

interface TileProps {
  readonly dish: Dish;
  /** English name of the category and its position on the menu, for the drawing. */
  readonly category: string;
  readonly cloth: number;
  readonly decimals: number;
  readonly inCart: number;
  /** Address of its photo. */
  readonly photo: string | undefined;
  onPick(this: void, dish: Dish): void;
}

const FEW = 10;

export const Tile = memo(function Tile({
  dish,
  category,
  cloth,
  decimals,
  inCart,
  photo,
  onPick,
}: TileProps) {
  const t = useWords(till);
  const language = useLanguage();
  const { name, left } = dish;
  const soldOut = left === 0;
  const second = other(name, language);
  const [failed, setFailed] = useState<string>();
  return (
    <button
      type="button"
      className={classes["tile"]}
      data-sold-out={soldOut || undefined}
      aria-disabled={soldOut || undefined}
      onClick={() => onPick(dish)}
    >
      <span className={classes["art"]}>
        {photo === undefined || failed === photo ? (
          <DishArt sku={dish.sku} words={`${name.en} ${category}`} cloth={cloth} />
        ) : (
          <img src={photo} alt="" loading="lazy" onError={() => setFailed(photo)} />
        )}
      </span>
      <span className={classes["names"]}>
        <span className={classes["name"]}>{pick(name, language)}</span>
        {second !== undefined && (
          <span className={classes["second"]} lang={language === "my" ? "en" : "my"}>
            {second}
          </span>
        )}
      </span>
      <span className={classes["foot"]}>
        <span className={classes["price"]}>{formatAmount(dish.price.amount, decimals)}</span>
        {left !== undefined && (
          <span className={classes["left"]} data-few={left <= FEW || undefined}>
            {soldOut ? t("till.sold-out") : t("till.left", { count: left })}
          </span>
        )}
      </span>
      {inCart > 0 && (
        <span className={classes["count"]}>
          <span aria-hidden>{inCart}</span>
          <span className="visually-hidden">{t("till.in-cart", { count: inCart })}</span>
        </span>
      )}
    </button>
  );
});
