// What changes the restaurant: an edit on a known version, or settling everything as an import says. Each is one
// transaction, with the event that tells of it; what would change nothing writes nothing.
import { type ActionBy, type EventEnvelope, newId } from "#platform/kernel";
import type { Transaction } from "#platform/db";
import type { Settings } from "./contract.js";
import type { Change } from "./edits.js";
import { RestaurantActionTaken, SettingsChanged } from "./events.js";
import {
  copyProducts,
  copyStock,
  findSettings,
  lockSettings,
  type RestaurantDatabase,
  writeSettings,
} from "./repository.js";
import {
  changedSections,
  currencyMisfits,
  faultsIn,
  type ProductCopy,
  settled,
  type StockCopy,
  type Stored,
  type Wanted,
} from "./rules.js";
import type { RestaurantTables } from "./schema.js";
import type { Misfit } from "./contract/settings.js";

export interface RestaurantOutbox {
  add(tx: Transaction<RestaurantTables>, events: readonly EventEnvelope[]): Promise<void>;
  wake(): void;
}
export interface CommandParts {
  readonly database: RestaurantDatabase;
  readonly outbox: RestaurantOutbox;
  readonly clock: () => Date;
}

export type Outcome =
  | { readonly kind: "done"; readonly changed: boolean; readonly revision: number }
  | { readonly kind: "misfits"; readonly misfits: readonly Misfit[] }
  | { readonly kind: "stale"; readonly revision: number }
  | { readonly kind: "not-found" | "not-set-up" };

/** Who asks, and in which request. `by` is null where no person does: a first start loads the sample. */
export interface Asked {
  readonly by: ActionBy | null;
  readonly trace: string | null;
}

/** What an edit is done to, and what it says, for the audit log. */
export interface Deed {
  readonly subject: { readonly type: string; readonly id: string };
  readonly details: Readonly<Record<string, unknown>>;
}

const actionTaken = ({ by, trace }: Asked, at: Date, { subject, details }: Deed) =>
  by
    ? [
        RestaurantActionTaken.create(
          {
            ...by,
            action: "restaurant.edit",
            subject,
            at: at.toISOString(),
            details: { ...details },
          },
          { trace, occurredAt: at },
        ),
      ]
    : [];

/** `decide` sees what is stored while nobody else can change it. */
async function change(
  { database, outbox, clock }: CommandParts,
  asked: Asked & { readonly checkOnly?: boolean },
  deed: (parts: readonly string[]) => Deed,
  decide: (stored: Stored | undefined) => Wanted | Exclude<Outcome, { kind: "done" }>,
): Promise<Outcome> {
  const outcome = await database.transaction(async (tx): Promise<Outcome> => {
    await lockSettings(database, tx);
    const stored = await findSettings(database, tx);
    const wanted = decide(stored);
    if ("kind" in wanted) return wanted;
    const misfits = faultsIn(wanted, stored);
    if (misfits.length > 0) return { kind: "misfits", misfits };
    const parts = changedSections(stored, wanted);
    if (asked.checkOnly || (stored && parts.size === 0))
      return { kind: "done", changed: false, revision: stored?.revision ?? 0 };
    const revision = await writeSettings(database, wanted, parts, tx);
    await outbox.add(tx, [
      SettingsChanged.create({ revision }, { trace: asked.trace }),
      ...actionTaken(asked, clock(), deed([...parts])),
    ]);
    return { kind: "done", changed: true, revision };
  });
  if (outcome.kind === "done" && outcome.changed) outbox.wake();
  return outcome;
}

/** Repeated: no change, no event. With `checkOnly` nothing is written. */
export const settle = (
  parts: CommandParts,
  given: Settings,
  asked: Asked & { readonly checkOnly: boolean },
) =>
  change(
    parts,
    asked,
    (sections) => ({ subject: WHOLE, details: { import: true, sections } }),
    (stored) => {
      const misfits = currencyMisfits(stored, given);
      if (misfits.length > 0) return { kind: "misfits", misfits };
      return settled(stored, given, dateIn(given, parts.clock()), newId);
    },
  );

export const WHOLE = { type: "restaurant", id: "restaurant" } as const;

/** Applies one edit to the version it was made on. */
export const edit = (
  parts: CommandParts,
  version: number,
  apply: Change,
  { deed, ...asked }: Asked & { readonly deed: Deed },
): Promise<Outcome> =>
  change(
    parts,
    asked,
    () => deed,
    (stored) => {
      if (!stored) return { kind: "not-set-up" };
      const { revision, ...settings } = stored;
      if (revision !== version) return { kind: "stale", revision };
      return apply(settings) ?? { kind: "not-found" };
    },
  );

const dateIn = ({ restaurant }: Settings, now: Date): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: restaurant.timeZone, dateStyle: "short" }).format(
    now,
  );

/** Copies products and stock as inventory tells them; the newest version wins, so repetition is harmless. */
export const applyProducts = (
  database: RestaurantDatabase,
  products: readonly ProductCopy[],
  tx: Transaction<RestaurantTables>,
) => copyProducts(database, products, tx);

export const applyStock = (
  database: RestaurantDatabase,
  levels: readonly StockCopy[],
  tx: Transaction<RestaurantTables>,
) => copyStock(database, levels, tx);
