// How many of each dish are still to be made, over all open tickets of what is shown.
import { pick, useLanguage } from "../../words/language.js";
import { useWords } from "../../words/words.js";
import classes from "./AllDay.module.css";
import { countDishes, type Ticket } from "./tickets.js";
import { kitchen } from "./words.js";

export function AllDay({ tickets }: { readonly tickets: readonly Ticket[] }) {
  const t = useWords(kitchen);
  const language = useLanguage();
  const dishes = countDishes(tickets);
  return (
    <aside className={classes["panel"]} aria-labelledby="all-day">
      <h2 id="all-day">{t("kitchen.all-day")}</h2>
      <p>{t("kitchen.all-day-what")}</p>
      <ul>
        {dishes.map(({ productId, name, quantity, left }) => (
          <li key={productId} data-done={left === 0 || undefined}>
            <span className={classes["name"]}>{pick(name, language)}</span>
            <span className={classes["count"]}>
              <span className="visually-hidden">{t("kitchen.all-day-of", { left, quantity })}</span>
              <span aria-hidden>
                <b>{left}</b>
                <small>/{quantity}</small>
              </span>
            </span>
          </li>
        ))}
      </ul>
    </aside>
  );
}
