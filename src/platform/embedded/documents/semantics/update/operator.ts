// What an update operator is.
import type { Document } from "bson";
import type { Collator } from "../values.js";

export interface ChangeContext {
  readonly now: Date;
  readonly insert: boolean;
  readonly document: Document;
}
export type ValueChange = (current: unknown, context: ChangeContext) => unknown;
export interface OperatorContext {
  readonly collator: Collator | undefined;
  readonly collation: Document | undefined;
}
export type UpdateOperator = (
  argument: unknown,
  path: string,
  context: OperatorContext,
) => ValueChange;
