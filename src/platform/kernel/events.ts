// What an event is: a past fact with a stable, versioned name. Leaves only: modules' events.ts import this.
import type { z } from "zod";
import { newId } from "./ids.js";

/** What travels: plain JSON, also in-process. */
export interface EventEnvelope<Data = unknown> {
  readonly id: string;
  /** `<module>.<what-happened>.v<version>` */
  readonly name: string;
  /** What it is about. Events with the same key are applied in order. */
  readonly key: string;
  readonly occurredAt: string;
  readonly trace: string | null;
  readonly data: Data;
}

export interface EventDefinition<Data = unknown> {
  readonly name: string;
  readonly schema: z.ZodType<Data>;
  key(data: Data): string;
  /** Validates `data` and wraps it. Throws ZodError when the publisher is wrong about its own fact. */
  create(data: Data, context?: { trace?: string | null; occurredAt?: Date }): EventEnvelope<Data>;
}

const NAME = /^[a-z]+\.[a-z]+(-[a-z]+)*\.v\d+$/;

/** @throws Error when the name is not `<module>.<what-happened>.v<version>` */
export function defineEvent<Schema extends z.ZodType>(
  name: string,
  definition: { schema: Schema; key: (data: z.output<Schema>) => string },
): EventDefinition<z.output<Schema>> {
  if (!NAME.test(name))
    throw new Error(`"${name}" is not an event name like orders.order-placed.v1`);
  type Data = z.output<Schema>;
  return {
    name,
    schema: definition.schema as unknown as z.ZodType<Data>,
    key: definition.key,
    create(data, { trace = null, occurredAt = new Date() } = {}) {
      const valid = definition.schema.parse(data);
      return {
        id: newId(),
        name,
        key: definition.key(valid),
        occurredAt: occurredAt.toISOString(),
        trace,
        data: valid,
      };
    },
  };
}
