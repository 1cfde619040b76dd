// What the commands of inventory work with, and how they tell what a person did.
import type { ActionBy, EventEnvelope } from "#platform/kernel";
import { InventoryActionTaken } from "../events.js";
import type { InventoryModels } from "../schema.js";
import type { LinesToHold } from "../repository/reservations.js";
import type { CatalogueMemory } from "./catalogue.js";
import type { Filer } from "./file.js";

/** True: all these lines are held. False: some may be, so the products must be read. */
export type Holder = (lines: LinesToHold) => Promise<boolean>;

export interface InventoryParts {
  readonly models: InventoryModels;
  readonly catalogue: CatalogueMemory;
  readonly hold: Holder;
  readonly filer: Filer;
  /** Told after each change that left an event behind. */
  readonly outbox: { wake(): void };
  readonly clock: () => Date;
}

export interface Actor {
  readonly id: string;
  readonly name: string;
}

/** Who asks, in which request. `by` is null where no person does: then nothing is told to the audit log. */
export interface By {
  readonly actor: Actor;
  readonly by: ActionBy | null;
  readonly trace: string | null;
}

export interface Deed {
  readonly action: "inventory.adjust" | "inventory.edit";
  readonly subject: { readonly type: string; readonly id: string; readonly name?: string };
  readonly reason?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** For the outbox of the document that changes: one event, or none. */
export const actionTaken = (
  { by, trace }: By,
  at: Date,
  { details, ...deed }: Deed,
): EventEnvelope[] =>
  by
    ? [
        InventoryActionTaken.create(
          { ...by, ...deed, at: at.toISOString(), details: { ...details } },
          { trace, occurredAt: at },
        ),
      ]
    : [];

/** A guarded update that lost a race is decided again with what is there now. Progress is certain: a race is lost
 *  only to a change that was made. The bound is for a fault that nobody thought of. */
const MAX_ATTEMPTS = 50;

/** Tries until `work` answers; undefined means that a race was lost. */
export async function untilDecided<T>(
  what: string,
  work: () => Promise<T | undefined>,
): Promise<T> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const result = await work();
    if (result !== undefined) return result;
    // Those who lost to each other must not meet again at the same instant.
    if (attempt > 2) await new Promise((resolve) => setTimeout(resolve, Math.random() * attempt));
  }
  throw new Error(`${what} lost ${MAX_ATTEMPTS} races in a row. Please try again.`);
}
