// One product's stock: record what happened, and see what happened before.
import { Button } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import type { Product } from "../../../../../src/modules/inventory/contract.js";
import { api, queries } from "../../../api/client.js";
import { pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import { thenRead, useAction } from "../parts/action.js";
import { Fault } from "../parts/Fault.js";
import { More } from "../parts/More.js";
import parts from "../parts/parts.module.css";
import { Sheet } from "../parts/Sheet.js";
import { useFormat } from "../restaurant.js";
import { MovementForm } from "./MovementForm.js";
import classes from "./Stock.module.css";
import { stockWords } from "./words.js";

const PAGE = 30;
const TYPE_WORDS = {
  received: "stock.received",
  recount: "stock.recount",
  waste: "stock.waste",
  sold: "stock.sold",
  restocked: "stock.restocked",
} as const;

interface StockSheetProps {
  readonly product: Product;
  onClose(this: void): void;
}

export function StockSheet({ product, onClose }: StockSheetProps) {
  const t = useWords(stockWords);
  const language = useLanguage();
  return (
    <Sheet size={720} title={pick(product.name, language)} onClose={onClose}>
      <div className={classes["sheet"]}>
        {product.stock ? (
          <MovementForm product={product} stock={product.stock} />
        ) : (
          <StartCounting product={product} />
        )}
        <h2>{t("stock.movements")}</h2>
        <Movements productId={product.id} />
      </div>
    </Sheet>
  );
}

function StartCounting({ product }: { readonly product: Product }) {
  const t = useWords(stockWords);
  const client = useQueryClient();
  const { busy, problem, run } = useAction();
  const start = () =>
    run(async () => {
      const { id, version } = product;
      await thenRead(api.inventory.products.update({ id, version, tracked: true }), () =>
        client.invalidateQueries({ queryKey: queries.inventory.key() }),
      );
    });
  return (
    <div className={parts["form"]}>
      <p className={parts["note"]}>{t("stock.not-counted-note")}</p>
      <Fault problem={problem} />
      <div>
        <Button size="md" loading={busy} onClick={() => void start()}>
          {t("stock.start-counting")}
        </Button>
      </div>
    </div>
  );
}

function Movements({ productId }: { readonly productId: string }) {
  const t = useWords(stockWords);
  const { count, dayAndTime } = useFormat();
  const pages = useInfiniteQuery(
    queries.inventory.movements.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        productId,
        limit: PAGE,
        ...(cursor && { cursor }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    }),
  );
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <ul className={classes["movements"]}>
        {items.map(({ id, type, quantity, uncounted, reason, actor, at }) => (
          <li key={id}>
            <b data-loss={quantity + uncounted < 0 || undefined}>
              {signed(quantity === 0 ? -uncounted : quantity, count)}
            </b>
            <span>
              {t(TYPE_WORDS[type])}
              {reason !== "" && <span> · {reason}</span>}
              <small>{t("stock.by", { name: actor.name, when: dayAndTime(at) })}</small>
            </span>
          </li>
        ))}
      </ul>
      <More list={{ ...pages, items }} />
    </>
  );
}

/** With a plus or a true minus. */
const signed = (quantity: number, count: (value: number) => string): string =>
  quantity > 0 ? `+${count(quantity)}` : quantity < 0 ? `−${count(-quantity)}` : "0";
