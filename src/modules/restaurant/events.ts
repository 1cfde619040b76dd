// What restaurant tells: its settings changed. A leaf: it imports only the kernel.
import { z } from "zod";
import { defineActionTaken, defineEvent } from "#platform/kernel";

/** Profile, rates, tables, menu or modifiers changed; who keeps a copy of the ordering rules asks for them again. */
export const SettingsChanged = defineEvent("restaurant.settings-changed.v1", {
  key: () => "restaurant",
  schema: z.object({ revision: z.int() }),
});

/** What people did to the restaurant's settings and stored events.
 *  @public */
export const RestaurantActionTaken = defineActionTaken("restaurant");
