// Takeaway or dine in, and at which table. One that was taken away meanwhile stays chosen, and says so.
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../../api/client.js";
import { useWords } from "../../../words/words.js";
import { till } from "../words.js";
import type { Cart, ServiceType } from "./cart.js";
import classes from "./ServicePicker.module.css";
import { changeCart } from "./store.js";

const TYPES = ["takeaway", "dine-in"] as const;

export function ServicePicker({ cart }: { readonly cart: Cart }) {
  const t = useWords(till);
  const { data } = useQuery(queries.restaurant.profile.queryOptions());
  const tables = data?.tables ?? [];
  const gone = cart.tableId !== undefined && !tables.some(({ id }) => id === cart.tableId);
  const choose = (serviceType: ServiceType) =>
    changeCart((before) => ({
      ...before,
      serviceType,
      tableId: serviceType === "dine-in" ? before.tableId : undefined,
    }));
  return (
    <div className={classes["service"]}>
      <div role="radiogroup" aria-label={t("till.service")} className={classes["types"]}>
        {TYPES.map((type) => (
          <label key={type}>
            <input
              type="radio"
              name="service"
              checked={cart.serviceType === type}
              onChange={() => choose(type)}
            />
            <span>{t(`till.${type}`)}</span>
          </label>
        ))}
      </div>
      {cart.serviceType === "dine-in" && (
        <select
          aria-label={t("till.table")}
          value={cart.tableId ?? ""}
          onChange={({ currentTarget: { value } }) =>
            changeCart((before) => ({ ...before, tableId: value === "" ? undefined : value }))
          }
        >
          <option value="">{t("till.no-table")}</option>
          {gone && <option value={cart.tableId}>{data ? t("till.table-gone") : "…"}</option>}
          {tables.map(({ id, name, area }) => (
            <option key={id} value={id}>
              {area === "" ? name : `${name} · ${area}`}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
