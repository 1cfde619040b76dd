// The front door of inventory: its contract and its maker.
import type { Connection } from "mongoose";
import type { Face } from "#platform/contract";
import type { EventSource } from "#platform/outbox";
import { createCatalogueMemory } from "./commands/catalogue.js";
import { createFiler } from "./commands/file.js";
import { createHolder } from "./commands/reserve.js";
import { tidyUp } from "./commands/settle.js";
import { contract } from "./contract.js";
import { subscriptions } from "./listeners.js";
import { composeEvent, LEVEL_FIELDS } from "./queries.js";
import { createRouter } from "./router.js";
import { createModels, prepareStore, type ProductDocument } from "./schema.js";

export { contract };
export type InventoryFace = Face<typeof contract>;

/** Where inventory's outbox lies: in its products, and in the attribute schema. */
export const eventSources: readonly EventSource[] = [
  {
    collection: "products",
    fields: [...LEVEL_FIELDS],
    compose: (document, pending) => composeEvent(document as unknown as ProductDocument, pending),
  },
  { collection: "attribute_schema" },
];

export interface InventoryModuleParts {
  readonly connection: Connection;
  readonly outbox: { wake(): void };
  readonly logger: {
    warn(details: object, message: string): void;
    error(details: object, message: string): void;
  };
  readonly clock: () => Date;
}

const TIDY_EVERY_MS = 60_000;

export function createInventory({ connection, outbox, logger, clock }: InventoryModuleParts) {
  const models = createModels(connection);
  const catalogue = createCatalogueMemory();
  const filer = createFiler(models, (error) =>
    logger.error({ error }, "filing stock movements failed; it is tried again within a minute"),
  );
  const parts = { models, catalogue, hold: createHolder(models), filer, outbox, clock };
  let timer: NodeJS.Timeout | undefined;
  let tidying = Promise.resolve();

  async function tidy(): Promise<void> {
    try {
      const { ghosts } = await tidyUp(parts);
      if (ghosts > 0) {
        logger.warn({ ghosts }, "gave back reservations that came back after their sale");
      }
    } catch (error) {
      logger.error({ error }, "tidying up the stock failed; it is tried again in a minute");
    }
  }

  return {
    name: "inventory" as const,
    router: createRouter(parts),
    subscriptions: subscriptions(parts),
    /** Makes collections and indexes, and learns the catalogue. Call before the first request. */
    async start(): Promise<void> {
      await prepareStore(models);
      await catalogue.warm(models);
      timer = setInterval(() => {
        tidying = tidying.then(tidy);
      }, TIDY_EVERY_MS);
      timer.unref();
      tidying = tidy();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      await Promise.all([tidying, filer.idle()]);
    },
  };
}
