// What a device in the kitchen can be set to: the bell, and when a ticket is to hurry or is late.
import { Button } from "@mantine/core";
import { IconMinus, IconPlus } from "@tabler/icons-react";
import { Sheet } from "../../parts/Sheet.js";
import { useSetting } from "../../parts/setting.js";
import { useWords } from "../../words/words.js";
import { moveThreshold, type Thresholds } from "./age.js";
import classes from "./SettingsSheet.module.css";
import { soundSetting, thresholdsSetting } from "./settings.js";
import { allowSound, ringArrival } from "./sound.js";
import { kitchen } from "./words.js";

export function SettingsSheet({ onClose }: { onClose(this: void): void }) {
  const t = useWords(kitchen);
  const sound = useSetting(soundSetting);
  const thresholds = useSetting(thresholdsSetting);
  return (
    <Sheet onClose={onClose} size={480} title={t("kitchen.settings")}>
      <div className={classes["rows"]}>
        <div className={classes["row"]}>
          <label>
            {t("kitchen.sound")}
            <input
              type="checkbox"
              checked={sound}
              onChange={(event) => soundSetting.set(event.currentTarget.checked)}
            />
          </label>
          <Button variant="default" size="md" onClick={() => void allowSound().then(ringArrival)}>
            {t("kitchen.sound-test")}
          </Button>
        </div>
        <Minutes which="soon" what={t("kitchen.after-soon")} thresholds={thresholds} />
        <Minutes which="late" what={t("kitchen.after-late")} thresholds={thresholds} />
      </div>
    </Sheet>
  );
}

interface MinutesProps {
  readonly which: keyof Thresholds;
  readonly what: string;
  readonly thresholds: Thresholds;
}

function Minutes({ which, what, thresholds }: MinutesProps) {
  const t = useWords(kitchen);
  const minutes = thresholds[which];
  const move = (step: number) =>
    thresholdsSetting.set(moveThreshold(thresholds, which, minutes + step));
  return (
    <div className={classes["row"]} role="group" aria-label={what}>
      <span>{what}</span>
      <Button
        variant="default"
        size="md"
        aria-label={t("kitchen.less", { what })}
        onClick={() => move(-1)}
      >
        <IconMinus size={22} aria-hidden />
      </Button>
      <output>{t("kitchen.minutes", { minutes })}</output>
      <Button
        variant="default"
        size="md"
        aria-label={t("kitchen.more", { what })}
        onClick={() => move(1)}
      >
        <IconPlus size={22} aria-hidden />
      </Button>
    </div>
  );
}
