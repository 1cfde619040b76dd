// Between the contract and the module: turns requests into commands and decisions into typed answers.
import { actorOf, type CallContext, implementContract } from "#platform/http";
import { decimalsOf, newId } from "#platform/kernel";
import { type CommandParts, type Deed, edit, type Outcome, settle, WHOLE } from "./commands.js";
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
import type { Misfit } from "./contract/settings.js";

const UNKNOWN_PRODUCT =
  "There is no product of this id. Check the id; if the product was made just now, try again in a moment.";

const faultsOf = (misfits: readonly Misfit[]) =>
  misfits.slice(0, 50).map(({ path, message }) => ({ path: path.join("."), message }));

const askedBy = (context: CallContext) => ({
  by: actorOf(context),
  trace: context.trace || null,
});

/** What an edit is done to; without details it is a removal. */
const on = (subject: Deed["subject"], details: Deed["details"] = { removed: true }): Deed => ({
  subject,
  details,
});
const groupOf = (id: string) => ({ type: "modifier-group", id });
const categoryOf = (id: string) => ({ type: "category", id });
const itemOf = (id: string) => ({ type: "menu-item", id });

/** The errors of an edit, as a handler gets them. */
interface EditErrors {
  NOT_SET_UP(): Error;
  NOT_FOUND(options?: { message: string }): Error;
  VERSION_CONFLICT(options: { data: { currentVersion: number } }): Error;
  INVALID_SETTINGS(options: { data: { errors: ReturnType<typeof faultsOf> } }): Error;
}

export function createRouter({ memory, ...parts }: CommandParts & { readonly memory: Memory }) {
  const restaurant = implementContract(contract);

  async function edited(
    version: number,
    apply: Change,
    deed: Deed,
    { context, errors }: { context: CallContext; errors: EditErrors },
  ) {
    const outcome = await edit(parts, version, apply, { ...askedBy(context), deed });
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
      const { checkOnly, ...settings } = input;
      const outcome = await settle(parts, settings, { ...askedBy(context), checkOnly });
      if (outcome.kind === "misfits") {
        throw errors.INVALID_SETTINGS({ data: { errors: faultsOf(outcome.misfits) } });
      }
      if (outcome.kind !== "done") throw new Error(`Settling cannot be ${outcome.kind}`);
      if (outcome.changed) await memory.reload();
      return { changed: outcome.changed, revision: outcome.revision };
    }),
    edit: {
      profile: editing.profile.handler(({ input: { version, ...fields }, ...call }) =>
        edited(version, changeProfile(fields), on(WHOLE, { profile: fields }), call),
      ),
      rates: editing.rates.handler(({ input: { version, ...rates }, ...call }) =>
        edited(version, setRates(rates), on(WHOLE, { rates }), call),
      ),
      tables: editing.tables.handler(({ input: { version, tables }, ...call }) =>
        edited(version, setTables(tables, newId), on(WHOLE, { tables }), call),
      ),
      modifierGroup: editing.modifierGroup.handler(({ input: { version, ...group }, ...call }) =>
        edited(version, putModifierGroup(group), on(groupOf(group.code), { set: group }), call),
      ),
      removeModifierGroup: editing.removeModifierGroup.handler(
        ({ input: { params, query }, ...call }) =>
          edited(query.version, removeModifierGroup(params.code), on(groupOf(params.code)), call),
      ),
      category: editing.category.handler(({ input: { version, position, ...fields }, ...call }) =>
        edited(
          version,
          putCategory(fields, position),
          on(categoryOf(fields.code), { set: { ...fields, position } }),
          call,
        ),
      ),
      removeCategory: editing.removeCategory.handler(({ input: { params, query }, ...call }) =>
        edited(query.version, removeCategory(params.code), on(categoryOf(params.code)), call),
      ),
      menuItem: editing.menuItem.handler(async ({ input: { version, ...item }, ...call }) => {
        if (!(await memory.knowsProduct(item.productId)))
          throw call.errors.NOT_FOUND({ message: UNKNOWN_PRODUCT });
        return edited(version, putMenuItem(item), on(itemOf(item.productId), { set: item }), call);
      }),
      removeMenuItem: editing.removeMenuItem.handler(({ input: { params, query }, ...call }) =>
        edited(query.version, removeMenuItem(params.productId), on(itemOf(params.productId)), call),
      ),
    },
  });
}
