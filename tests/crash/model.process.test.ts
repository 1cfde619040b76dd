// The same stories, fewer, on a process of its own, which dies by a real SIGKILL: see model/evenings.ts.
import { RUNS, tellStories } from "./model/evenings.js";
import { asProcess } from "./model/process.js";

tellStories(Math.ceil(RUNS / 50), { habitat: asProcess, part: 2 });
