// The till: dishes on the left, the cart on the right.
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../api/client.js";
import { Waiting } from "../../app/Waiting.js";
import { other, pick, useLanguage } from "../../words/language.js";
import { formatMoney } from "../../words/money.js";

export default function Till() {
  const language = useLanguage();
  const { data } = useQuery(queries.restaurant.menu.queryOptions({ input: { headers: {} } }));
  if (!data || data.status !== 200) return <Waiting />;
  const { categories, restaurant } = data.body;
  return (
    <ul>
      {categories.flatMap(({ items }) =>
        items.map(({ productId, name, price }) => (
          <li key={productId}>
            {pick(name, language)} <small>{other(name, language)}</small>{" "}
            {formatMoney(price, restaurant.decimals, language)}
          </li>
        )),
      )}
    </ul>
  );
}
