// The bus that events travel on in this process. The only home of eventemitter2.
export { type Bus, type BusListener, createBus, type Message, type Receipt } from "./bus.js";
export { fits } from "./pattern.js";
