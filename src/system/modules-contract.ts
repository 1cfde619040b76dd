// The live map of the modules: what each stores, who calls and hears whom how often, and what keeps them apart.
import { z } from "zod";
import { route } from "#platform/contract";
import { Lag } from "./events-contract.js";

const Instant = z.iso.datetime();
const perMinute = z.int().meta({ description: "In the last minute" });
const count = z.int().meta({ description: "Since this process started" });

export const ModulePicture = z.object({
  name: z.string(),
  store: z.enum(["postgres", "mongodb"]),
  owns: z.string().meta({ description: "The role or the database that is the module's own" }),
  answers: z.boolean().meta({ description: "Its store, just now" }),
  tables: z.array(z.object({ name: z.string(), rows: z.int(), rights: z.array(z.string()) })),
  pool: z.object({ max: z.int(), open: z.int(), idle: z.int(), waiting: z.int() }).nullable(),
  calls: z
    .array(z.object({ to: z.string(), count, perMinute }))
    .meta({ description: "One for each module that it may call" }),
  hears: z
    .array(z.object({ from: z.string(), count, perMinute, lagMs: Lag.nullable() }))
    .meta({ description: "One for each module that it may hear; lag of the last minute" }),
  subscriptions: z.array(z.object({ name: z.string(), applied: count })),
  published: z.object({ count, perMinute }).meta({ description: "Events that left its outbox" }),
});
export type ModulePicture = z.infer<typeof ModulePicture>;

/** `imports`, `types` and `statements` are proved by commands before anything runs; `roles` and `documents` are looked
 *  at anew each time that somebody asks. */
export const LAYERS = ["imports", "types", "statements", "roles", "documents"] as const;

export const LayerCheck = z.object({
  layer: z.enum(LAYERS),
  state: z.enum(["holds", "broken", "off", "unknown"]).meta({
    description: "off: by DATABASE_ROLES=shared; unknown: nothing recorded, or the store is silent",
  }),
  at: Instant.nullable().meta({ description: "Of the last check; null where none is known" }),
  what: z.string(),
  how: z.string().meta({ description: "What checks it: a command, or this server itself" }),
  notes: z.array(z.string()).meta({ description: "What it found, or why nothing is known" }),
});
export type LayerCheck = z.infer<typeof LayerCheck>;

export const SystemPicture = z.object({
  at: Instant,
  since: Instant.meta({ description: "Counted from here: when this process started" }),
  modules: z.array(ModulePicture),
  layers: z.array(LayerCheck).meta({ description: "What keeps the modules apart" }),
});
export type SystemPicture = z.infer<typeof SystemPicture>;

export const modulesRoute = route
  .meta({ permission: "system.operate" })
  .route({
    method: "GET",
    path: "/system/modules",
    summary: "The modules as they are: stores, rows, rights, calls, events, pools, boundaries",
  })
  .output(SystemPicture);
