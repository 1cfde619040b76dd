// Categories at the side, their dishes as tiles, and a search over all of them.
import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { type Cart, countOf } from "../cart/cart.js";
import type { Dish, Menu } from "../menu.js";
import { usePhotos } from "../photos.js";
import { findDishes } from "../search.js";
import { till } from "../words.js";
import classes from "./Dishes.module.css";
import { moveFocus } from "./move-focus.js";
import { Tile } from "./Tile.js";

interface DishesProps {
  readonly menu: Menu;
  readonly cart: Cart;
  /** A sheet is open: keys are its own. */
  readonly quiet: boolean;
  onPick(this: void, dish: Dish): void;
}

export function Dishes({ menu, cart, quiet, onPick }: DishesProps) {
  const t = useWords(till);
  const language = useLanguage();
  const [code, setCode] = useState(menu.categories[0]?.code);
  const [text, setText] = useState("");
  const search = useRef<HTMLInputElement>(null);
  const grid = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (quiet) return undefined;
    const press = (event: globalThis.KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement;
      if (event.key !== "/" || typing) return;
      event.preventDefault();
      search.current?.focus();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [quiet]);

  const positions = useMemo(
    () => new Map(menu.categories.map(({ code }, position) => [code, position])),
    [menu],
  );
  const photos = usePhotos();
  const searching = text.trim() !== "";
  const current = menu.categories.find((category) => category.code === code) ?? menu.categories[0];
  const shown = useMemo(
    () => (searching ? findDishes(menu.byId.values(), text) : (current?.dishes ?? [])),
    [searching, text, menu, current],
  );

  const inSearch = (event: KeyboardEvent) => {
    // Only what was searched for: a second Enter must not add whatever stands first on the screen, nor may "pay".
    const best = searching && !event.ctrlKey && !event.metaKey ? shown[0] : undefined;
    if (event.key === "Escape") {
      setText("");
      search.current?.blur();
    } else if (event.key === "Enter" && best && !event.nativeEvent.isComposing) {
      onPick(best);
      setText("");
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      grid.current?.querySelector("button")?.focus();
    }
  };

  return (
    <section className={classes["dishes"]} aria-label={t("till.dishes")}>
      <nav className={classes["rail"]} aria-label={t("till.categories")}>
        {menu.categories.map((category) => (
          <button
            key={category.code}
            type="button"
            aria-current={!searching && category.code === current?.code ? "true" : undefined}
            onClick={() => {
              setCode(category.code);
              setText("");
            }}
          >
            <span>{pick(category.name, language)}</span>
          </button>
        ))}
      </nav>
      <div className={classes["main"]}>
        <TextInput
          ref={search}
          size="md"
          className={classes["search"] ?? ""}
          aria-label={t("till.search")}
          placeholder={t("till.search")}
          value={text}
          leftSection={<IconSearch size={20} aria-hidden />}
          rightSection={
            searching ? (
              <CloseButton aria-label={t("till.clear")} onClick={() => setText("")} />
            ) : (
              <kbd className={classes["key"]}>/</kbd>
            )
          }
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={inSearch}
        />
        <p className="visually-hidden" role="status">
          {searching && t("till.found", { count: shown.length })}
        </p>
        <div
          ref={grid}
          role="group"
          aria-label={t("till.dishes")}
          className={classes["grid"]}
          onKeyDown={(event) => moveFocus(event.nativeEvent, grid.current)}
        >
          {shown.map((dish) => {
            const cloth = positions.get(dish.category) ?? 0;
            return (
              <Tile
                key={dish.productId}
                dish={dish}
                category={menu.categories[cloth]?.name.en ?? ""}
                cloth={cloth}
                decimals={menu.decimals}
                photo={photos?.get(dish.productId)}
                inCart={countOf(cart, dish.productId)}
                onPick={onPick}
              />
            );
          })}
        </div>
        {searching && shown.length === 0 && (
          <p className={classes["none"]}>{t("till.none-found", { text: text.trim() })}</p>
        )}
      </div>
    </section>
  );
}
