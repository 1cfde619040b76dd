// Between the contract and the module: turns requests into commands and decisions into typed answers.
import { implementContract } from "#platform/http";
import { newId } from "#platform/kernel";
import { type CommandParts, edit, type Outcome, settle } from "./commands.js";
import { contract } from "./contract.js";
import {
  type Change,
  changeProfile,
  putCategory,
  putMenuItem,
  putModifierGroup,
  removeCategory,
  removeMenuItem,
  removeModifierGroup,
  setRates,
  setTables,
} from "./edits.js";
import type { Memory } from "./queries.js";
import { decimalsOf, type Misfit } from "./contract/settings.js";

const faultsOf = (misfits: readonly Misfit[]) =>
  misfits.slice(0, 50).map(({ path, message }) => ({ path: path.join("."), message }));

/** The errors of an edit, as a handler gets them. */
interface EditErrors {
  NOT_SET_UP(): Error;
  NOT_FOUND(): Error;
  VERSION_CONFLICT(options: { data: { currentVersion: number } }): Error;
  INVALID_SETTINGS(options: { data: { errors: ReturnType<typeof faultsOf> } }): Error;
}

export function createRouter({ memory, ...parts }: CommandParts & { readonly memory: Memory }) {
  const restaurant = implementContract(contract);

  async function edited(
    version: number,
    apply: Change,
    { context, errors }: { context: { trace: string }; errors: EditErrors },
  ) {
    const outcome = await edit(parts, version, apply, context.trace);
    return { version: (await done(outcome, errors)).revision };
  }

  async function done(outcome: Outcome, errors: EditErrors) {
    switch (outcome.kind) {
      case "stale":
        throw errors.VERSION_CONFLICT({ data: { currentVersion: outcome.revision } });
      case "misfits":
        throw errors.INVALID_SETTINGS({ data: { errors: faultsOf(outcome.misfits) } });
      case "not-found":
        throw errors.NOT_FOUND();
      case "not-set-up":
        throw errors.NOT_SET_UP();
      default:
        if (outcome.changed) await memory.reload();
        return outcome;
    }
  }

  const editing = restaurant.edit;
  return restaurant.router({
    menu: restaurant.menu.handler(async ({ input, errors }) => {
      const served = await memory.menu();
      if (!served) throw errors.NOT_SET_UP();
      const { etag, menu } = served;
      if (input.headers["if-none-match"]?.includes(etag)) return { status: 304, headers: { etag } };
      return { status: 200, headers: { etag, "cache-control": "no-cache" }, body: menu };
    }),
    profile: restaurant.profile.handler(async ({ errors }) => {
      const current = await memory.settings();
      if (!current) throw errors.NOT_SET_UP();
      const { restaurant: profile, tax, serviceCharge, tables, revision } = current.stored;
      const decimals = decimalsOf(profile.currency);
      return { ...profile, decimals, version: revision, tax, serviceCharge, tables };
    }),
    settings: restaurant.settings.handler(async ({ errors }) => {
      const current = await memory.settings();
      if (!current) throw errors.NOT_SET_UP();
      const { revision, ...settings } = current.stored;
      return { ...settings, version: revision };
    }),
    getOrderingRules: restaurant.getOrderingRules.handler(async ({ errors }) => {
      const current = await memory.settings({ now: true });
      if (!current) throw errors.NOT_SET_UP();
      return current.rules;
    }),
    status: restaurant.status.handler(async () => {
      const current = await memory.settings();
      return { set: current !== undefined, items: current?.rules.items.length ?? 0 };
    }),
    settle: restaurant.settle.handler(async ({ input, context, errors }) => {
      const outcome = await settle(parts, input, context.trace);
      if (outcome.kind === "misfits") {
        throw errors.INVALID_SETTINGS({ data: { errors: faultsOf(outcome.misfits) } });
      }
      if (outcome.kind !== "done") throw new Error(`Settling cannot be ${outcome.kind}`);
      if (outcome.changed) await memory.reload();
      return { changed: outcome.changed, revision: outcome.revision };
    }),
    edit: {
      profile: editing.profile.handler(({ input: { version, ...fields }, ...call }) =>
        edited(version, changeProfile(fields), call),
      ),
      rates: editing.rates.handler(({ input: { version, ...rates }, ...call }) =>
        edited(version, setRates(rates), call),
      ),
      tables: editing.tables.handler(({ input: { version, tables }, ...call }) =>
        edited(version, setTables(tables, newId), call),
      ),
      modifierGroup: editing.modifierGroup.handler(({ input: { version, ...group }, ...call }) =>
        edited(version, putModifierGroup(group), call),
      ),
      removeModifierGroup: editing.removeModifierGroup.handler(
        ({ input: { params, query }, ...call }) =>
          edited(query.version, removeModifierGroup(params.code), call),
      ),
      category: editing.category.handler(({ input: { version, position, ...fields }, ...call }) =>
        edited(version, putCategory(fields, position), call),
      ),
      removeCategory: editing.removeCategory.handler(({ input: { params, query }, ...call }) =>
        edited(query.version, removeCategory(params.code), call),
      ),
      menuItem: editing.menuItem.handler(({ input: { version, ...item }, ...call }) =>
        edited(version, putMenuItem(item), call),
      ),
      removeMenuItem: editing.removeMenuItem.handler(({ input: { params, query }, ...call }) =>
        edited(query.version, removeMenuItem(params.productId), call),
      ),
    },
  });
}
