// What this device remembers of the kitchen: which station it hangs at, sound, when a ticket is late.
import { createSetting } from "../../parts/setting.js";
import { readThresholds } from "./age.js";

/** Undefined: all stations. */
export const stationSetting = createSetting<string | undefined>("kitchen.station", (stored) =>
  typeof stored === "string" && stored !== "" ? stored : undefined,
);
export const soundSetting = createSetting("kitchen.sound", (stored) => stored !== false);
export const allDaySetting = createSetting("kitchen.all-day", (stored) => stored === true);
export const thresholdsSetting = createSetting("kitchen.thresholds", readThresholds);
