// The face of restaurant: the menu that tills show, the rules that orders are priced by, and what a manager edits.
// Every edit names the version it was made on; on a stale one nothing changes.
import { z } from "zod";
import { InputFault, queryInteger, route } from "#platform/contract";
import { LocalizedText, Money, Uuid } from "#platform/kernel";
import {
  Code,
  MAX_CATEGORIES,
  MAX_GROUPS,
  MAX_ITEMS,
  MAX_RATES,
  MAX_TABLES,
  Modifier,
  ModifierGroup,
  Profile,
  ServiceCharge,
  Table,
  TableFields,
  TaxRate,
} from "./contract/settings.js";

const Version = z.int().min(0).meta({ description: "`version` of what this edit was made on" });
/** The version of a removal stands in its query string. Not strict: over HTTP, headers and body come along. */
const removing = <Params extends z.ZodType>(params: Params) =>
  z.object({ params, query: z.strictObject({ version: queryInteger(0, 2 ** 31 - 1) }) });
const Taxes = z.array(TaxRate).max(MAX_RATES);
const ServiceCharges = z.array(ServiceCharge).max(MAX_RATES);

export const OrderingRules = z.object({
  revision: z.int(),
  restaurant: Profile,
  tax: Taxes,
  serviceCharge: ServiceCharges,
  tables: z.array(Table),
  modifierGroups: z.array(ModifierGroup),
  items: z.array(
    z.object({
      productId: Uuid,
      category: z.object({ code: z.string(), name: LocalizedText }),
      station: z.string(),
      modifierGroups: z.array(z.string()),
    }),
  ),
});
export type OrderingRules = z.infer<typeof OrderingRules>;

const ShownProfile = Profile.extend({
  decimals: z.int().meta({ description: "Decimals of the currency's stored unit: 0 for MMK" }),
});

export const Menu = z.object({
  restaurant: ShownProfile,
  categories: z.array(
    z.object({
      code: z.string(),
      name: LocalizedText,
      items: z.array(
        z.object({
          productId: Uuid,
          sku: z.string(),
          name: LocalizedText,
          price: Money,
          modifierGroups: z.array(
            ModifierGroup.extend({ modifiers: z.array(Modifier.extend({ price: Money })) }),
          ),
          availability: z.object({
            status: z.enum(["in-stock", "quantity", "out-of-stock"]).meta({
              description: "in-stock: not counted; quantity: `available` portions are left",
            }),
            available: z.int().optional(),
          }),
        }),
      ),
    }),
  ),
});
export type Menu = z.infer<typeof Menu>;

const Category = z.strictObject({ code: Code, name: LocalizedText, station: Code });

/** All settings; products are inventory's. */
export const Settings = z.strictObject({
  restaurant: Profile,
  tax: Taxes,
  serviceCharge: ServiceCharges,
  tables: z.array(TableFields).max(MAX_TABLES),
  modifierGroups: z.array(ModifierGroup).max(MAX_GROUPS),
  categories: z
    .array(
      Category.extend({
        items: z
          .array(z.strictObject({ productId: Uuid, modifierGroups: z.array(Code).max(20) }))
          .max(MAX_ITEMS),
      }),
    )
    .max(MAX_CATEGORIES),
});
export type Settings = z.infer<typeof Settings>;

const NOT_SET_UP = {
  NOT_SET_UP: {
    status: 409,
    message: "There is no restaurant here yet. Load one: npm run import -- <file.json>.",
  },
} as const;

const INVALID_SETTINGS = {
  INVALID_SETTINGS: {
    status: 422,
    message: "These settings do not fit together, so nothing was changed. Each fault is listed.",
    data: z.object({ errors: z.array(InputFault) }),
  },
} as const;

const edits = {
  ...NOT_SET_UP,
  ...INVALID_SETTINGS,
  NOT_FOUND: {
    status: 404,
    message: "There is nothing of this name here. Load the settings again.",
  },
  VERSION_CONFLICT: {
    status: 409,
    message: "Somebody else changed the settings in the meantime. Load them again.",
    data: z.object({ currentVersion: z.int() }),
  },
} as const;

const Edited = z.object({ version: z.int() });
const editing = route.meta({ permission: "restaurant.edit" }).errors(edits);

export const contract = {
  menu: route
    .meta({ permission: "menu.read" })
    .route({
      method: "GET",
      path: "/menu",
      summary: "The menu, with prices and what is left",
      description:
        "Served from memory with an ETag: send it back as If-None-Match and get 304 while nothing changed.",
      inputStructure: "detailed",
      outputStructure: "detailed",
    })
    .input(z.object({ headers: z.object({ "if-none-match": z.string().max(500).optional() }) }))
    .output(
      z.union([
        z.object({ status: z.literal(304), headers: z.object({ etag: z.string() }) }),
        z.object({
          status: z.literal(200),
          headers: z.object({ etag: z.string(), "cache-control": z.string() }),
          body: Menu,
        }),
      ]),
    )
    .errors(NOT_SET_UP),
  profile: route
    .meta({ permission: "menu.read" })
    .route({ method: "GET", path: "/restaurant", summary: "The profile, rates and tables" })
    .output(
      ShownProfile.extend({
        version: z.int(),
        tax: Taxes,
        serviceCharge: ServiceCharges,
        tables: z.array(Table),
      }),
    )
    .errors(NOT_SET_UP),
  settings: route
    .meta({ permission: "restaurant.read" })
    .route({
      method: "GET",
      path: "/restaurant/settings",
      summary: "All settings, as edits see them",
    })
    .output(Settings.extend({ version: z.int(), tables: z.array(Table) }))
    .errors(NOT_SET_UP),

  getOrderingRules: route
    .meta({ internal: true })
    .route({ method: "GET", path: "/restaurant/ordering-rules" })
    .output(OrderingRules)
    .errors(NOT_SET_UP),
  /** Whether there is a restaurant at all. */
  status: route
    .meta({ internal: true })
    .route({ method: "GET", path: "/restaurant/status" })
    .output(z.object({ set: z.boolean(), items: z.int() })),

  settle: route
    .meta({ permission: "restaurant.edit", maxBodyBytes: 16_000_000 })
    .route({
      method: "PUT",
      path: "/restaurant/settings",
      summary: "Settle profile, rates, tables, modifiers and menu as one (what an import does)",
      description:
        "What is so already is not written. Rates are added to those that held before, not put in their place.",
    })
    .input(
      Settings.extend({
        checkOnly: z
          .boolean()
          .default(false)
          .meta({ description: "Only says what is wrong, and writes nothing" }),
      }),
    )
    .output(z.object({ changed: z.boolean(), revision: z.int() }))
    .errors(INVALID_SETTINGS),

  edit: {
    profile: editing
      .route({ method: "PATCH", path: "/restaurant", summary: "Change the profile" })
      .input(Profile.omit({ currency: true }).partial().extend({ version: Version }))
      .output(Edited),
    rates: editing
      .route({
        method: "PUT",
        path: "/restaurant/rates",
        summary: "Set all tax and service-charge rates, with the dates from which they hold",
      })
      .input(z.strictObject({ version: Version, tax: Taxes, serviceCharge: ServiceCharges }))
      .output(Edited),
    tables: editing
      .route({
        method: "PUT",
        path: "/restaurant/tables",
        summary: "Set all tables; one keeps its id while it is named by it, and a new one gets one",
      })
      .input(
        z.strictObject({
          version: Version,
          tables: z.array(TableFields.extend({ id: Uuid.optional() })).max(MAX_TABLES),
        }),
      )
      .output(Edited),
    modifierGroup: editing
      .route({
        method: "PUT",
        path: "/restaurant/modifier-groups/{code}",
        summary: "Add or replace a modifier group",
      })
      .input(ModifierGroup.extend({ version: Version }))
      .output(Edited),
    removeModifierGroup: editing
      .route({
        method: "DELETE",
        path: "/restaurant/modifier-groups/{code}",
        summary: "Remove a modifier group, also from the dishes that have it",
        inputStructure: "detailed",
      })
      .input(removing(z.strictObject({ code: Code })))
      .output(Edited),
    category: editing
      .route({
        method: "PUT",
        path: "/restaurant/categories/{code}",
        summary: "Add or change a category; `position` moves it",
      })
      .input(Category.extend({ version: Version, position: z.int().min(0).optional() }))
      .output(Edited),
    removeCategory: editing
      .route({
        method: "DELETE",
        path: "/restaurant/categories/{code}",
        summary: "Remove a category, and its dishes from the menu",
        inputStructure: "detailed",
      })
      .input(removing(z.strictObject({ code: Code })))
      .output(Edited),
    menuItem: editing
      .route({
        method: "PATCH",
        path: "/restaurant/menu-items/{productId}",
        summary: "Put a product on the menu, move it, or change its modifier groups",
      })
      .input(
        z.strictObject({
          productId: Uuid,
          version: Version,
          category: Code.optional(),
          position: z.int().min(0).optional(),
          modifierGroups: z.array(Code).max(20).optional(),
        }),
      )
      .output(Edited),
    removeMenuItem: editing
      .route({
        method: "DELETE",
        path: "/restaurant/menu-items/{productId}",
        summary: "Take a product off the menu; it stays in inventory",
        inputStructure: "detailed",
      })
      .input(removing(z.strictObject({ productId: Uuid })))
      .output(Edited),
  },
};
