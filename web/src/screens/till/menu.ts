// The menu as the till shows it. News of the stream change it at once, and it is read again a moment later: what the
// server serves follows its own events, so right after one it may still be the menu of before.
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import type { Menu as ServedMenu } from "../../../../src/modules/restaurant/contract.js";
import { type Api, queries } from "../../api/client.js";
import { useStream } from "../../api/stream.js";
import type { Localized } from "../../words/language.js";
import type { Money } from "../../words/money.js";

export interface Modifier {
  readonly code: string;
  readonly name: Localized;
  readonly price: Money;
}
export interface ModifierGroup {
  readonly code: string;
  readonly name: Localized;
  readonly min: number;
  readonly max: number;
  readonly modifiers: readonly Modifier[];
}
export interface Dish {
  readonly productId: string;
  readonly sku: string;
  readonly name: Localized;
  readonly price: Money;
  readonly modifierGroups: readonly ModifierGroup[];
  readonly category: string;
  /** Undefined: not counted. */
  readonly left: number | undefined;
}
export interface Category {
  readonly code: string;
  readonly name: Localized;
  readonly dishes: readonly Dish[];
}
export interface Menu {
  readonly name: Localized;
  readonly currency: string;
  readonly decimals: number;
  readonly timeZone: string;
  readonly categories: readonly Category[];
  readonly byId: ReadonlyMap<string, Dish>;
}

type Answer = Awaited<ReturnType<Api["restaurant"]["menu"]>>;

const options = () => queries.restaurant.menu.queryOptions({ input: { headers: {} } });

type Item = ServedMenu["categories"][number]["items"][number];

const dishes = new WeakMap<Item, Dish>();

/** The same item makes the same object, so that a tile whose dish has not changed is not drawn again. */
function toDish(item: Item, category: string): Dish {
  const known = dishes.get(item);
  if (known?.category === category) return known;
  const { availability, ...rest } = item;
  const left = availability.status === "in-stock" ? undefined : (availability.available ?? 0);
  const dish: Dish = { ...rest, category, left };
  dishes.set(item, dish);
  return dish;
}

/** As the server tells it, turned into what tiles need. */
export function toMenu({ restaurant, categories }: ServedMenu): Menu {
  const shown = categories.map(({ code, name, items }) => ({
    code,
    name,
    dishes: items.map((item) => toDish(item, code)),
  }));
  const { name, currency, decimals, timeZone } = restaurant;
  const byId = new Map(shown.flatMap(({ dishes }) => dishes.map((dish) => [dish.productId, dish])));
  return { name, currency, decimals, timeZone, categories: shown, byId };
}

/** The same menu with one dish changed; unchanged parts stay the same objects, so that only its tile is drawn again. */
function withItem(menu: ServedMenu, productId: string, change: (item: Item) => Item): ServedMenu {
  const has = (items: readonly Item[]) => items.some((item) => item.productId === productId);
  return {
    ...menu,
    categories: menu.categories.map((category) =>
      has(category.items)
        ? {
            ...category,
            items: category.items.map((item) =>
              item.productId === productId ? change(item) : item,
            ),
          }
        : category,
    ),
  };
}

interface StockNews {
  readonly productId: string;
  readonly level: {
    readonly tracked: boolean;
    readonly available: number;
    readonly stockVersion: number;
  };
}
interface ProductNews {
  readonly productId?: string;
  readonly name?: Localized;
  readonly price?: Money;
}

const withStock = (menu: ServedMenu, { productId, level }: StockNews): ServedMenu =>
  withItem(menu, productId, (item) => ({
    ...item,
    availability: level.tracked
      ? {
          status: level.available > 0 ? ("quantity" as const) : ("out-of-stock" as const),
          available: level.available,
        }
      : { status: "in-stock" as const },
  }));

const withProduct = (menu: ServedMenu, { productId, name, price }: ProductNews): ServedMenu =>
  productId === undefined || !name || !price
    ? menu
    : withItem(menu, productId, (item) => ({
        ...item,
        name: { en: name.en, ...(name.my !== undefined && { my: name.my }) },
        price,
      }));

function patch(client: QueryClient, change: (menu: ServedMenu) => ServedMenu): void {
  client.setQueryData<Answer>(options().queryKey, (answer) =>
    answer?.status === 200 ? { ...answer, body: change(answer.body) } : answer,
  );
}

/** Reads the menu, and follows the news. Undefined until the first answer. */
export function useMenu() {
  const client = useQueryClient();
  const versions = useRef(new Map<string, number>());
  useStream("stock-changed", (news) => {
    const { productId, level } = news as StockNews;
    if (level.stockVersion <= (versions.current.get(productId) ?? -1)) return;
    versions.current.set(productId, level.stockVersion);
    patch(client, (menu) => withStock(menu, news as StockNews));
  });
  useStream("menu-changed", (news) =>
    patch(client, (menu) => withProduct(menu, news as ProductNews)),
  );
  const { data, failureReason } = useQuery(options());
  const body = data?.status === 200 ? data.body : undefined;
  const menu = useMemo(() => body && toMenu(body), [body]);
  return { menu, failureReason };
}
