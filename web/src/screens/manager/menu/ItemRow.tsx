// One dish on the menu: its choices, its price, what is left, and its place.
import { ActionIcon } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../../api/client.js";
import { type Localized, pick, useLanguage } from "../../../words/language.js";
import { useWords } from "../../../words/words.js";
import parts from "../parts/parts.module.css";
import { useFormat } from "../restaurant.js";
import type { Category, ModifierGroup } from "../settings.js";
import type { Served } from "./served.js";
import { menuWords } from "./words.js";

interface ItemRowProps {
  readonly item: Category["items"][number];
  readonly served: Served | undefined;
  /** Whether the menu has been read at all: then what is not served is not sold. */
  readonly isKnown: boolean;
  readonly groups: readonly ModifierGroup[];
  readonly position: number;
  /** Position of the last dish of its category. */
  readonly last: number;
  onMove(this: void, position: number): void;
  onOpen(this: void): void;
  onStock(this: void): void;
}

export function ItemRow(props: ItemRowProps) {
  const { item, served, isKnown, groups, position, last, onMove, onOpen, onStock } = props;
  const t = useWords(menuWords);
  const language = useLanguage();
  const { amount } = useFormat();
  const name = useName(item.productId, served, isKnown);
  const chosen = groups.filter(({ code }) => item.modifierGroups.includes(code));
  return (
    <tr>
      <th scope="row">
        <button type="button" className={parts["open"]} onClick={onOpen}>
          {name}
        </button>
      </th>
      <td data-wide>{chosen.map((group) => pick(group.name, language)).join(", ")}</td>
      <td data-wide data-number>
        {served && amount(served.price)}
      </td>
      <td>
        {served ? (
          <button
            type="button"
            className={parts["chip"]}
            aria-label={`${t("menu.stock-of", { name })}: ${leftOf(served, t)}`}
            data-tone={served.availability.status === "out-of-stock" ? "danger" : undefined}
            onClick={onStock}
          >
            {leftOf(served, t)}
          </button>
        ) : (
          isKnown && <span className={parts["badge"]}>{t("menu.archived")}</span>
        )}
      </td>
      <td data-number>
        <span className={parts["above"]}>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t("menu.up", { name })}
            disabled={position === 0}
            onClick={() => onMove(position - 1)}
          >
            <IconArrowUp size={18} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t("menu.down", { name })}
            disabled={position === last}
            onClick={() => onMove(position + 1)}
          >
            <IconArrowDown size={18} />
          </ActionIcon>
        </span>
      </td>
    </tr>
  );
}

type Words = ReturnType<typeof useWords<typeof menuWords>>;

function leftOf({ availability: { status, available = 0 } }: Served, t: Words): string {
  if (status === "in-stock") return t("menu.not-counted");
  return status === "out-of-stock" ? t("menu.sold-out") : t("menu.left", { count: available });
}

/** Of a dish that is not served, inventory still knows the name. */
function useName(productId: string, served: Served | undefined, isKnown: boolean): string {
  const language = useLanguage();
  const { data } = useQuery({
    ...queries.inventory.products.get.queryOptions({ input: { id: productId } }),
    enabled: isKnown && served === undefined,
  });
  const name: Localized | undefined = served?.name ?? data?.name;
  return name ? pick(name, language) : "–";
}
