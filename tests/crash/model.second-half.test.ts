// The other half of the random stories, from another seed: see model/evenings.ts.
import { RUNS, tellStories } from "./model/evenings.js";
import { inside } from "./model/inside.js";

tellStories(Math.floor(RUNS / 2), { habitat: inside, part: 1 });
