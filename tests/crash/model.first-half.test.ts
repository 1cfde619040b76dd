// Half of the random stories, so that both halves can be told at once: what they tell stands in model/evenings.ts.
import { RUNS, tellStories } from "./model/evenings.js";
import { inside } from "./model/inside.js";

tellStories(Math.ceil(RUNS / 2), { habitat: inside, part: 0 });
