// Stories of an evening, made up at random: place, retry, cancel, change prices, restock, recount, and die in the middle
// of it. Each is told to the real application and to a model of a page; a story that ends differently is shortened to
// the shortest one that still does. A failure prints its seed, path and replayPath: with them as MODEL_SEED, MODEL_PATH and
// MODEL_REPLAY the first half tells that story again. MODEL_RUNS=5000 tells more.
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { brokenInvariants } from "../invariants.js";
import { allPoints, cancellation, matrix } from "../points.js";
import {
  Cancel,
  ChangePrice,
  type Crash,
  DISHES,
  Move,
  newModel,
  Place,
  PowerCut,
  Retry,
  settleDown,
} from "./story.js";
import { verify } from "./verify.js";
import { type Habitat, openWorld, type World } from "./world.js";

const SEED = Number(process.env["MODEL_SEED"] ?? Date.now() % 2_000_000_000);
const PATH = process.env["MODEL_PATH"];
const REPLAY = process.env["MODEL_REPLAY"];
const LONGEST = 9;

/** How many the halves tell together. */
export const RUNS = Number(process.env["MODEL_RUNS"] ?? 500);

/** One in `of` times. */
const seldom = <T>(some: fc.Arbitrary<T>, of: number): fc.Arbitrary<T | undefined> =>
  fc.oneof({ arbitrary: fc.constant(undefined), weight: of - 1 }, { arbitrary: some, weight: 1 });
const crashAt = (points: readonly string[], of: number): fc.Arbitrary<Crash | undefined> =>
  seldom(
    fc.record({
      at: fc.constantFrom(...points),
      again: seldom(fc.constantFrom(...allPoints), 4),
    }),
    of,
  );
const told = Object.keys(matrix).filter((point) =>
  /^(relay|inbox|inventory.after-file)/.test(point),
);
const placing = crashAt(Object.keys(matrix), 8);
const cancelling = crashAt([...cancellation, ...told], 4);
const moving = crashAt(told, 10);
const dish = fc.nat({ max: DISHES - 1 });
const order = fc.record({
  quantities: fc
    .tuple(fc.nat({ max: 4 }), fc.nat({ max: 4 }))
    .filter((quantities) => quantities.some((quantity) => quantity > 0)),
  payment: fc.constantFrom("cash", "approve", "decline", "unknown_captured", "unknown_lost"),
  stale: fc.nat({ max: 5 }).map((one) => one === 5),
} as const);
const orders = fc.oneof(
  { arbitrary: fc.tuple(order), weight: 4 },
  { arbitrary: fc.array(order, { minLength: 2, maxLength: 4 }), weight: 1 },
);
const often = <T>(times: number, command: T): T[] => Array.from({ length: times }, () => command);
const evenings = fc.commands(
  [
    ...often(
      5,
      fc.tuple(orders, placing).map((one) => new Place(...one)),
    ),
    ...often(
      2,
      fc
        .tuple(fc.nat({ max: 9 }), fc.constantFrom("restock", "waste"), cancelling)
        .map((one) => new Cancel(...one)),
    ),
    ...often(
      2,
      fc
        .tuple(dish, fc.constantFrom("received", "recount"), fc.integer({ min: 1, max: 6 }), moving)
        .map((one) => new Move(...one)),
    ),
    fc.nat({ max: 9 }).map((which) => new Retry(which)),
    fc
      .tuple(dish, fc.integer({ min: 1, max: 5 }))
      .map(([one, halves]) => new ChangePrice(one, halves * 500)),
    fc.constant(new PowerCut()),
  ],
  { maxCommands: LONGEST, ...(REPLAY !== undefined && { replayPath: REPLAY }) },
);

/** Declares the test that tells so many stories. `part`: those who tell at the same time each begin elsewhere. */
export function tellStories(
  runs: number,
  { habitat, part }: { habitat: Habitat; part: number },
): void {
  const seed = SEED + part;
  let world: World;
  beforeAll(async () => {
    world = await openWorld(habitat);
  });
  afterAll(() => world.close());

  it(
    `ends ${runs} stories as the model does (seed ${seed})`,
    async () => {
      console.log(`model: seed ${seed}, ${runs} runs`);
      let stories = 0;
      await fc.assert(
        fc.asyncProperty(evenings, async (commands) => {
          const ids = await world.takeDishes(DISHES);
          const model = newModel();
          const real = { world, ids, versions: ids.map(() => 1) };
          await fc.asyncModelRun(() => ({ model, real }), commands);
          await world.calm();
          settleDown(model);
          await verify(model, real);
          stories += 1;
        }),
        { numRuns: runs, seed, endOnFailure: false, ...(PATH !== undefined && { path: PATH }) },
      );
      expect(await brokenInvariants(world.stores)).toEqual({});
      console.log(`model: ${stories} stories, ${world.counts.deaths} deaths`);
      expect(world.counts.deaths).toBeGreaterThan(runs / 10);
    },
    30 * 60_000,
  );
}
