// The MongoDB release whose behaviour the store follows: a standalone server.
export const VERSION = "7.0.0";
export const VERSION_PARTS = [7, 0, 0, 0];
export const WIRE_VERSION = 21;
