// Records one movement: what happened, how many, why. It has an id of its own from the start, so a second press or a lost
// answer has no second effect.
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Product } from "../../../../../src/modules/inventory/contract.js";
import { api } from "../../../api/client.js";
import { LimitedInput } from "../../../parts/LimitedInput.js";
import { useWords } from "../../../words/words.js";
import { useAction } from "../parts/action.js";
import { Chips } from "../parts/Chips.js";
import { CountField } from "../parts/CountField.js";
import { parseCount } from "../parts/counts.js";
import { Fault } from "../parts/Fault.js";
import parts from "../parts/parts.module.css";
import { useFormat } from "../restaurant.js";
import { useRecord } from "./record.js";
import { type MovementType, stockAfter } from "./stock-after.js";
import { stockWords } from "./words.js";

const TYPES = ["received", "recount", "waste"] as const;
const WHY = {
  received: ["delivery", "cooked"],
  recount: ["count", "wrong"],
  waste: ["spoiled", "dropped", "sent-back"],
} as const satisfies Record<MovementType, readonly string[]>;
const MAX_REASON = 200;

interface MovementFormProps {
  readonly product: Product;
  readonly stock: NonNullable<Product["stock"]>;
}

export function MovementForm({ product, stock }: MovementFormProps) {
  const t = useWords(stockWords);
  const { count } = useFormat();
  const record = useRecord(product);
  const { busy, problem, run } = useAction();
  const [type, setType] = useState<MovementType>("received");
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [id, setId] = useState(() => crypto.randomUUID());
  const quantity = parseCount(typed);
  const enough = quantity !== undefined && (type === "recount" || quantity > 0);
  const after = quantity === undefined ? undefined : stockAfter(type, stock.onHand, quantity);

  // Another movement than the one that was tried has another id.
  const change = (set: () => void) => {
    set();
    setId(crypto.randomUUID());
  };
  const send = async (movement: {
    id: string;
    type: MovementType;
    quantity: number;
    reason: string;
  }) => {
    await record({ productId: product.id, ...movement });
    setTyped("");
    setReason("");
    setId(crypto.randomUUID());
  };
  /** What orders hold at this moment, and nothing more, is left. What is shown here may be seconds old: of an order that
   *  was served meanwhile, its portions would be on sale again. */
  const stop = async () => {
    const now = await api.inventory.products.get({ id: product.id });
    const quantity = now.stock?.reserved ?? 0;
    const reason = t("stock.stop-reason");
    await send({ id: crypto.randomUUID(), type: "recount", quantity, reason });
  };

  return (
    <form
      className={parts["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (enough) void run(() => send({ id, type, quantity, reason: reason.trim() }));
      }}
    >
      <Chips
        label={t("stock.what")}
        value={type}
        options={TYPES.map((value) => ({ value, label: t(`stock.${value}`) }))}
        onChange={(next) =>
          change(() => {
            setType(next);
            setReason("");
          })
        }
      />
      <CountField
        label={t(`stock.how-many-${type}`)}
        description={
          after === undefined || after < 0
            ? t("stock.now", { count: count(stock.onHand) })
            : t("stock.after", { before: count(stock.onHand), after: count(after) })
        }
        focused
        required
        value={typed}
        onChange={(next) => change(() => setTyped(next))}
      />
      <LimitedInput
        size="md"
        label={t("stock.why")}
        required={type !== "received"}
        value={reason}
        maxLength={MAX_REASON}
        onChange={({ currentTarget }) => change(() => setReason(currentTarget.value))}
      />
      <Chips
        label={t("stock.why")}
        value={reason}
        options={WHY[type].map((why) => {
          const label = t(`stock.why-${why}`);
          return { value: label, label };
        })}
        onChange={(next) => change(() => setReason(next))}
      />
      <Fault problem={problem} />
      <div className={parts["foot"]} data-plain>
        {stock.available > 0 && (
          <Button
            variant="light"
            color="chilli"
            size="md"
            loading={busy}
            onClick={() => void run(stop)}
          >
            {t("stock.stop")}
          </Button>
        )}
        <Button type="submit" size="md" loading={busy} disabled={!enough}>
          {t("stock.record")}
        </Button>
      </div>
    </form>
  );
}
