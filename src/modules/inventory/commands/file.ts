// Filing of sold stock's movements, a moment after they were made: sales of one dish that follow each other closely are
// filed together. Until then they lie in their products, where every reader of movements looks as well; what a crash
// leaves there, tidying up files.
import { setTimeout as pause } from "node:timers/promises";
import { fileMovements } from "../repository/movements.js";
import type { InventoryModels } from "../schema.js";

const SOON_MS = 100;

export interface Filer {
  soon(productIds: readonly string[]): void;
  /** Resolves once what was asked for is filed, or failed. */
  idle(): Promise<void>;
}

export function createFiler(
  models: InventoryModels,
  onFailed: (error: unknown) => void,
  waitMs = SOON_MS,
): Filer {
  const waiting = new Set<string>();
  let isPlanned = false;
  let last = Promise.resolve();

  async function fileAfter(earlier: Promise<void>): Promise<void> {
    await Promise.all([pause(waitMs), earlier]);
    isPlanned = false;
    const productIds = [...waiting];
    waiting.clear();
    await fileMovements(models, productIds).catch(onFailed);
  }

  return {
    soon(productIds) {
      for (const id of productIds) waiting.add(id);
      if (isPlanned) return;
      isPlanned = true;
      last = fileAfter(last);
    },
    idle: () => last,
  };
}
