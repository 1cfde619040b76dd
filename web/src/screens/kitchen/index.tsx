// The kitchen: open tickets, oldest first, live. Cooks tap lines and tickets; what they tap is shown before it is sent.
import { IconCircleCheck, IconVolumeOff } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { queries } from "../../api/client.js";
import { problemOf } from "../../api/problem.js";
import { Waiting } from "../../app/Waiting.js";
import { useSetting } from "../../parts/setting.js";
import { useProblemWords } from "../../words/problems.js";
import { useWords } from "../../words/words.js";
import { AllDay } from "./AllDay.js";
import { keepArranged } from "./arrange.js";
import classes from "./Kitchen.module.css";
import { moveFocus } from "./move-focus.js";
import { allDaySetting, soundSetting, stationSetting, thresholdsSetting } from "./settings.js";
import { SettingsSheet } from "./SettingsSheet.js";
import { useAudible } from "./sound.js";
import { useStationName } from "./stations.js";
import { TicketCard } from "./TicketCard.js";
import type { Press, Ticket } from "./tickets.js";
import { Toolbar } from "./Toolbar.js";
import { useBell } from "./use-bell.js";
import { useTickets } from "./use-tickets.js";
import { kitchen, problems } from "./words.js";

/** A second tap so soon was meant for what stood there before. */
const TAP_PAUSE_MS = 400;

export default function Kitchen() {
  const t = useWords(kitchen);
  const say = useProblemWords(problems);
  const { tickets, isCut, failureReason, press, recallLast, refusal } = useTickets();
  const stations = useQuery(queries.kitchen.stations.queryOptions());
  const station = useSetting(stationSetting);
  const allDay = useSetting(allDaySetting);
  const [settings, setSettings] = useState(false);
  const shown = useMemo(
    () => tickets?.filter((one) => station === undefined || one.station === station),
    [tickets, station],
  );
  const noticed = useBell(shown, station ?? "");
  const onPress = useGuardedPress(press);
  const recall = useGuardedRecall(recallLast);

  const codes = useMemo(() => {
    const all = new Set([
      ...(stations.data?.items ?? []).map(({ code }) => code),
      ...(tickets ?? []).map((ticket) => ticket.station),
      ...(station === undefined ? [] : [station]),
    ]);
    return [...all]
      .toSorted((a, b) => a.localeCompare(b))
      .map((code) => ({
        code,
        open: tickets?.filter((ticket) => ticket.station === code).length ?? 0,
      }));
  }, [stations.data, tickets, station]);

  if (!shown || !tickets) {
    return failureReason ? (
      <p role="alert" className={classes["failed"]}>
        {say(problemOf(failureReason))}
      </p>
    ) : (
      <Waiting />
    );
  }
  return (
    <div className={classes["kitchen"]}>
      <h1 className="visually-hidden">{t("kitchen.title")}</h1>
      <Toolbar
        stations={codes}
        open={tickets.length}
        station={station}
        onStation={stationSetting.set}
        onRecall={() => recall(station)}
        onSettings={() => setSettings(true)}
      />
      <Silent />
      <p role="status" className={classes["cut"]}>
        {isCut && t("kitchen.cut", { count: tickets.length })}
      </p>
      <p role="alert" className={classes["refusal"]} key={refusal?.number}>
        {refusal && t("kitchen.not-done", { why: say(refusal.problem) })}
      </p>
      <p role="status" className="visually-hidden">
        {noticed.fresh.length > 0 && t("kitchen.arrived", { numbers: noticed.fresh.join(", ") })}
        {noticed.struck.length > 0 &&
          t("kitchen.was-struck", { numbers: noticed.struck.join(", ") })}
      </p>
      <div className={classes["body"]}>
        <Board
          tickets={shown}
          arrived={noticed.arrived}
          allStations={station === undefined}
          onPress={onPress}
        />
        {allDay && <AllDay tickets={shown} />}
      </div>
      {settings && <SettingsSheet onClose={() => setSettings(false)} />}
    </div>
  );
}

interface BoardProps {
  readonly tickets: readonly Ticket[];
  readonly arrived: ReadonlySet<string>;
  readonly allStations: boolean;
  onPress(this: void, ticketId: string, press: Press): void;
}

function Board({ tickets, arrived, allStations, onPress }: BoardProps) {
  const t = useWords(kitchen);
  const nameOf = useStationName();
  const thresholds = useSetting(thresholdsSetting);
  useEffect(() => {
    window.addEventListener("keydown", moveFocus);
    return () => window.removeEventListener("keydown", moveFocus);
  }, []);
  if (tickets.length === 0) {
    return (
      <div className={classes["nothing"]}>
        <IconCircleCheck size={72} stroke={1.4} aria-hidden />
        <p>{t("kitchen.nothing")}</p>
        <small>{t("kitchen.nothing-hint")}</small>
      </div>
    );
  }
  return (
    <div className={classes["scroll"]}>
      <div ref={keepArranged} className={classes["board"]}>
        {tickets.map((ticket) => (
          <TicketCard
            key={ticket.id}
            ticket={ticket}
            thresholds={thresholds}
            station={allStations ? nameOf(ticket.station) : undefined}
            arrived={arrived.has(ticket.id)}
            onPress={onPress}
          />
        ))}
      </div>
    </div>
  );
}

/** Wet fingers bounce, and a ticket that leaves lets another one slide below the finger: neither is a press. */
function useGuardedPress(press: (ticketId: string, what: Press) => void) {
  const last = useRef({ at: 0, ticketId: "", leaves: false });
  return useCallback(
    (ticketId: string, what: Press) => {
      const whole = what.kind === "advance" || (what.kind === "acknowledge" && !what.lineId);
      const { at, ticketId: before, leaves } = last.current;
      const soon = performance.now() - at < TAP_PAUSE_MS;
      if (soon && (leaves || (whole && before === ticketId))) return;
      if (whole) {
        const goes = what.kind === "acknowledge" || what.to === "served";
        last.current = { at: performance.now(), ticketId, leaves: goes };
      }
      press(ticketId, what);
    },
    [press],
  );
}

/** Each recall brings back one more ticket, so the second tap of a double tap would bring a guest's food twice. */
function useGuardedRecall(recallLast: (station: string | undefined) => Promise<void>) {
  const last = useRef(-TAP_PAUSE_MS);
  return useCallback(
    (station: string | undefined) => {
      const now = performance.now();
      if (now - last.current < TAP_PAUSE_MS) return;
      last.current = now;
      void recallLast(station);
    },
    [recallLast],
  );
}

/** A bell that is on and cannot be heard is worse than none. */
function Silent() {
  const t = useWords(kitchen);
  const sound = useSetting(soundSetting);
  const audible = useAudible();
  if (!sound || audible) return null;
  return (
    <p className={classes["silent"]}>
      <IconVolumeOff size={22} aria-hidden />
      {t("kitchen.sound-blocked")}
    </p>
  );
}
