// This module's tables, as the query builder sees them.

export interface PaymentsTable {
  id: string;
  orderId: string;
  /** Null for a bar: the order was reversed before it was charged. */
  method: "cash" | "card" | null;
  status: "pending" | "captured" | "declined" | "cancelled";
  currency: string | null;
  amount: number;
  authorised: number;
  captured: number;
  /** Including what the gateway has not confirmed yet. */
  refunded: number;
  tendered: number | null;
  change: number | null;
  /** The last characters of the token, for people. */
  cardEnding: string | null;
  declineCode: string | null;
  barredAt: Date | null;
  barredReason: string | null;
  createdAt: Date;
  capturedAt: Date | null;
}

export interface RefundsTable {
  id: string;
  paymentId: string;
  key: string;
  amount: number;
  status: "pending" | "refunded" | "refused";
  reason: string;
  refusalCode: string | null;
  requestedAt: Date;
  settledAt: Date | null;
}

export interface PaymentsTables {
  payments: PaymentsTable;
  refunds: RefundsTable;
}
