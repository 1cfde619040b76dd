// Records a movement, and tells what is on hand now.
import { useQueryClient } from "@tanstack/react-query";
import type { Product } from "../../../../../src/modules/inventory/contract.js";
import { api, queries } from "../../../api/client.js";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { thenRead, useSay } from "../parts/action.js";
import { useFormat } from "../restaurant.js";
import { stockWords } from "./words.js";

export function useRecord(product: Product) {
  const t = useWords(stockWords);
  const language = useLanguage();
  const client = useQueryClient();
  const say = useSay();
  const { count } = useFormat();
  return async (movement: Parameters<typeof api.inventory.movements.record>[0]) => {
    const { stock } = await thenRead(api.inventory.movements.record(movement), () =>
      client.invalidateQueries({ queryKey: queries.inventory.key() }),
    );
    void client.invalidateQueries({ queryKey: queries.reporting.stock.key() });
    say(t("stock.recorded", { name: pick(product.name, language), count: count(stock.onHand) }));
  };
}
