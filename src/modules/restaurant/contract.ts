// The face of restaurant: the menu that tills show, the rules that orders are priced by, and the import of a whole one.
import { z } from "zod";
import { route } from "#platform/contract";
import { LocalizedText, Money, Rate, Uuid } from "#platform/kernel";

const Modifier = z.object({ code: z.string(), name: LocalizedText, price: z.int() });
const ModifierGroup = z.object({
  code: z.string(),
  name: LocalizedText,
  min: z.int(),
  max: z.int(),
  modifiers: z.array(Modifier),
});

export const Profile = z.object({
  name: LocalizedText,
  currency: z.string(),
  timeZone: z.string(),
  businessDayStartsAt: z.string(),
});

const Table = z.object({ id: Uuid, name: z.string(), seats: z.int(), area: z.string() });
const TaxRate = z.object({ name: z.string(), rate: Rate, inclusive: z.boolean(), validFrom: z.iso.date() });
const ServiceCharge = z.object({
  rate: Rate,
  appliesTo: z.array(z.enum(["dine-in", "takeaway"])),
  validFrom: z.iso.date(),
});

export const OrderingRules = z.object({
  revision: z.int(),
  restaurant: Profile,
  tax: z.array(TaxRate),
  serviceCharge: z.array(ServiceCharge),
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

export const Menu = z.object({
  restaurant: Profile,
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

/** What an import settles here; products are inventory's. */
export const Settings = z.object({
  restaurant: Profile,
  tax: z.array(TaxRate),
  serviceCharge: z.array(ServiceCharge),
  tables: z.array(Table.omit({ id: true })),
  modifierGroups: z.array(ModifierGroup),
  categories: z.array(
    z.object({
      code: z.string(),
      name: LocalizedText,
      station: z.string(),
      items: z.array(z.object({ productId: Uuid, modifierGroups: z.array(z.string()) })),
    }),
  ),
});
export type Settings = z.infer<typeof Settings>;

const NOT_SET_UP = {
  NOT_SET_UP: {
    status: 409,
    message: "There is no restaurant here yet. Load one: npm run import -- <file.json>.",
  },
} as const;

export const contract = {
  menu: route
    .meta({ permission: "menu.read" })
    .route({
      method: "GET",
      path: "/menu",
      summary: "The menu, with prices and what is left",
      description: "Served from memory with an ETag: send it back as If-None-Match and get 304 while nothing changed.",
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
    .route({ method: "GET", path: "/restaurant", summary: "The restaurant's profile, rates and tables" })
    .output(Profile.extend({ tax: z.array(TaxRate), serviceCharge: z.array(ServiceCharge), tables: z.array(Table) }))
    .errors(NOT_SET_UP),
  getOrderingRules: route
    .meta({ internal: true })
    .route({ method: "GET", path: "/restaurant/ordering-rules" })
    .output(OrderingRules)
    .errors(NOT_SET_UP),
  /** Settles everything as given; what already is so is not written. */
  settle: route
    .meta({ permission: "restaurant.edit" })
    .route({
      method: "PUT",
      path: "/restaurant/settings",
      summary: "Replace profile, rates, tables, modifiers and menu as one (what an import does)",
    })
    .input(Settings)
    .output(z.object({ changed: z.boolean(), revision: z.int() })),
  /** Whether there is a restaurant at all. */
  status: route
    .meta({ internal: true })
    .route({ method: "GET", path: "/restaurant/status" })
    .output(z.object({ set: z.boolean(), items: z.int() })),
};
