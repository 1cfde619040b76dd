// Above the tickets: which station, and what a cook needs now and then.
import {
  IconArrowBackUp,
  IconBell,
  IconBellOff,
  IconListNumbers,
  IconSettings,
} from "@tabler/icons-react";
import { useSetting } from "../../parts/setting.js";
import { useWords } from "../../words/words.js";
import { allDaySetting, soundSetting } from "./settings.js";
import { allowSound, ringArrival } from "./sound.js";
import { useStationName } from "./stations.js";
import classes from "./Toolbar.module.css";
import { kitchen } from "./words.js";

interface ToolbarProps {
  readonly stations: readonly { readonly code: string; readonly open: number }[];
  readonly open: number;
  readonly station: string | undefined;
  onStation(this: void, station: string | undefined): void;
  onRecall(this: void): void;
  onSettings(this: void): void;
}

export function Toolbar(props: ToolbarProps) {
  const { stations, open, station, onStation, onRecall, onSettings } = props;
  const t = useWords(kitchen);
  const nameOf = useStationName();
  const sound = useSetting(soundSetting);
  const allDay = useSetting(allDaySetting);
  const toggleSound = () => {
    soundSetting.set(!sound);
    if (!sound) void allowSound().then(ringArrival);
  };
  return (
    <div className={classes["toolbar"]}>
      <div role="group" aria-label={t("kitchen.stations")} className={classes["stations"]}>
        <button
          type="button"
          aria-pressed={station === undefined}
          onClick={() => onStation(undefined)}
        >
          {t("kitchen.all")} <b>{open}</b>
        </button>
        {stations.map(({ code, open: waiting }) => (
          <button
            key={code}
            type="button"
            aria-pressed={station === code}
            onClick={() => onStation(code)}
          >
            {nameOf(code)} <b>{waiting}</b>
          </button>
        ))}
      </div>
      <div className={classes["tools"]}>
        <button type="button" title={t("kitchen.recall-what")} onClick={onRecall}>
          <IconArrowBackUp size={24} aria-hidden />
          {t("kitchen.recall")}
        </button>
        <button type="button" aria-pressed={allDay} onClick={() => allDaySetting.set(!allDay)}>
          <IconListNumbers size={24} aria-hidden />
          <span className={classes["rather"]}>{t("kitchen.all-day")}</span>
        </button>
        <button
          type="button"
          aria-pressed={sound}
          aria-label={t("kitchen.sound")}
          title={sound ? t("kitchen.sound-on") : t("kitchen.sound-off")}
          onClick={toggleSound}
        >
          {sound ? <IconBell size={24} aria-hidden /> : <IconBellOff size={24} aria-hidden />}
        </button>
        <button type="button" aria-label={t("kitchen.settings")} onClick={onSettings}>
          <IconSettings size={24} aria-hidden />
        </button>
      </div>
    </div>
  );
}
