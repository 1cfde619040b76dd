// What an outbox and an inbox promise, whatever their store. Run from postgres.module.test.ts and mongo.module.test.ts.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import { promiseCommits } from "./conformance-commits.js";
import { promiseDelivery } from "./conformance-delivery.js";
import { promiseFailures } from "./conformance-failures.js";
import { promiseInterventions } from "./conformance-interventions.js";
import { eventually, startProcess, type Suite, type World } from "./testing.js";

export function describeEvents<Tx>(store: string, createWorld: () => Promise<World<Tx>>): void {
  describe(`events in ${store}`, () => {
    let world: World<Tx>;
    let running: { stop(graceMs?: number): Promise<void> }[] = [];
    beforeAll(async () => {
      world = await createWorld();
    });
    beforeEach(() => world.reset());
    afterEach(async () => {
      for (const process of running) await process.stop(0);
      running = [];
    });
    afterAll(() => world.close());

    const suite: Suite<Tx> = {
      get world() {
        return world;
      },
      start(subscriptions, options = {}) {
        const process = startProcess(world, subscriptions, options);
        running.push(process);
        return process;
      },
      applied: (name, numbers) =>
        eventually(async () => expect(await world.effects(name)).toEqual(numbers)),
    };
    promiseCommits(suite);
    promiseDelivery(suite);
    promiseFailures(suite);
    promiseInterventions(suite);
  });
}
