// Takes the money by the total that the guest was told. When that moves meanwhile, it is said first, and never taken as
// if nothing had happened; what moves unseen is refused by the server, which is told the total too.
import { useState } from "react";
import type { PlaceOrder } from "../../../../../src/modules/orders/contract.js";
import type { Money } from "../../../words/money.js";
import type { Cart } from "../cart/cart.js";
import { type Conflict, conflictsOf } from "../cart/conflicts.js";
import { ConflictSheet } from "../cart/ConflictSheet.js";
import { currentCart } from "../cart/store.js";
import { askedLines } from "../cart/totals.js";
import type { Menu } from "../menu.js";
import { PaySheet } from "./PaySheet.js";
import { startPlacement } from "./placement.js";

interface PayingProps {
  readonly menu: Menu;
  readonly cart: Cart;
  /** Undefined while it is asked for. */
  readonly total: Money | undefined;
  /** Why it cannot be had. */
  readonly fault: string | undefined;
  onClose(this: void): void;
}

export function Paying({ menu, cart, total, fault, onClose }: PayingProps) {
  const [told, setTold] = useState<Money>();
  if (!told && total) setTold(total);

  if (told && total && told.amount !== total.amount) {
    const dishes = conflictsOf(cart, menu).filter(({ kind }) => kind === "price");
    const whole: Conflict = { kind: "total", productId: undefined, seen: told, now: total };
    return (
      <ConflictSheet
        conflicts={dishes.length > 0 ? dishes : [whole]}
        decimals={menu.decimals}
        onSettled={() => {
          if (currentCart().lines.length === 0) onClose();
          else if (dishes.length <= 1) setTold(undefined);
        }}
        onClose={onClose}
      />
    );
  }

  const onPay = (payment: PlaceOrder["payment"]) => {
    const { serviceType, tableId } = cart;
    const body = { serviceType, ...(tableId !== undefined && { tableId }) };
    const lineItems = askedLines(cart);
    if (told && startPlacement({ ...body, lineItems, expectedTotal: told, payment })) onClose();
  };
  return (
    <PaySheet
      due={told}
      old={!total}
      fault={fault}
      currency={menu.currency}
      decimals={menu.decimals}
      onClose={onClose}
      onPay={onPay}
    />
  );
}
