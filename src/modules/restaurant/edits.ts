// What each edit makes of the settings: pure, from what is stored to what is wanted. Undefined: there is no such thing.
import type { InferContractRouterInputs } from "./contract.js";
