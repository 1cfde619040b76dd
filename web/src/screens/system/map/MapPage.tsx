// The system at a glance: the figures of now, the modules with what flows between them, and the lag as a line.
import { useState } from "react";
import { Link } from "wouter";
import { problemOf } from "../../../api/problem.js";
import { Waiting } from "../../../app/Waiting.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import { useOpenSagas } from "../sagas/use-sagas.js";
import { useEventsStatus, useFlow, usePicture } from "../use-system.js";
import { system } from "../words.js";
import { LagLine } from "./LagLine.js";
import classes from "./MapPage.module.css";
import { ModuleDetails } from "./ModuleDetails.js";
import { ModuleMap } from "./ModuleMap.js";
import { ratesOf } from "./rates.js";

export function MapPage() {
  const t = useWords(system);
  const say = useProblemWords();
  const { data: picture, error: unseen } = usePicture();
  const { data: flow, error: unheard } = useFlow();
  const { data: status, error: uncounted } = useEventsStatus();
  const { data: sagas, error: unlisted } = useOpenSagas();
  const error = unseen ?? unheard ?? uncounted ?? unlisted;
  const [chosen, setChosen] = useState<string>();
  const rates = ratesOf(flow);
  const module = picture?.modules.find(({ name }) => name === chosen);
  const sum = (pick: (one: NonNullable<typeof status>["subscriptions"][number]) => number) =>
    status?.subscriptions.reduce((total, one) => total + pick(one), 0);
  const backlog = sum((one) => one.behind + one.queued + one.waiting + one.held);
  const dead = sum((one) => one.dead);
  const parked = sagas?.items.filter((one) => one.status === "needs-attention").length;

  return (
    <div className={classes["page"]}>
      {error && <p role="alert">{say(problemOf(error))}</p>}
      <dl className={classes["figures"]}>
        <Figure name={t("system.calls-minute")} value={flow && rates.total("call")} kind="call" />
        <Figure name={t("system.events-minute")} value={flow && rates.total("from")} kind="event" />
        <Figure name={t("system.backlog")} value={backlog} to="/events" />
        <Figure name={t("system.dead-letters")} value={dead} to="/events" bad />
        <Figure name={t("system.running-sagas")} value={sagas?.items.length} to="/sagas" />
        <Figure name={t("system.parked")} value={parked} to="/sagas" bad />
      </dl>
      <p className={classes["legend"]}>
        <span data-kind="call">{t("system.legend-call")}</span>
        <span data-kind="event">{t("system.legend-event")}</span>
        <span>{t("system.legend-number")}</span>
      </p>
      <div className={classes["map"]} data-open={module !== undefined || undefined}>
        {picture ? (
          <ModuleMap modules={picture.modules} flow={flow} chosen={chosen} onChoose={setChosen} />
        ) : (
          <Waiting />
        )}
        {module && (
          <ModuleDetails module={module} status={status} onClose={() => setChosen(undefined)} />
        )}
      </div>
      {flow && <LagLine flow={flow} />}
    </div>
  );
}

interface FigureProps {
  readonly name: string;
  /** Undefined: not known, which is not 0. */
  readonly value: number | undefined;
  readonly kind?: "call" | "event";
  readonly to?: string;
  /** Any of these is bad. */
  readonly bad?: boolean;
}

function Figure({ name, value, kind, to, bad = false }: FigureProps) {
  return (
    <div data-kind={kind} data-bad={(bad && value !== undefined && value > 0) || undefined}>
      <dt>{to === undefined ? name : <Link href={to}>{name}</Link>}</dt>
      <dd>{value === undefined ? "–" : value.toLocaleString("en")}</dd>
    </div>
  );
}
