// One saga: what it is about, how it stands, its steps over time, and, where it waits for a person, what they can do.
import { Button, Textarea } from "@mantine/core";
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCheck,
  IconClock,
  IconMinus,
  IconPlayerPlay,
  IconX,
} from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, queries } from "../../../api/client.js";
import { serverNow } from "../../../api/clock.js";
import { refusalOf } from "../../../api/problem.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import { useTimes } from "../parts/times.js";
import type { Saga } from "../use-system.js";
import { system } from "../words.js";
import classes from "./SagaCard.module.css";
import { type StepBar, timelineOf } from "./timeline.js";

const ICONS = {
  waiting: IconClock,
  running: IconPlayerPlay,
  done: IconCheck,
  failed: IconX,
  undoing: IconArrowBackUp,
  undone: IconArrowBackUp,
  "not-run": IconMinus,
} as const;

export function SagaCard({ saga }: { readonly saga: Saga }) {
  const t = useWords(system);
  const times = useTimes();
  const { totalMs, steps } = timelineOf(saga, serverNow());
  const parked = saga.status === "needs-attention";
  const [name] = saga.definition.split(/\.v\d+$/);
  return (
    <article
      className={classes["card"]}
      data-status={saga.status}
      aria-label={`${name} ${saga.id}`}
    >
      <header>
        <h2>{name}</h2>
        <span className={classes["status"]}>
          {parked && <IconAlertTriangle size={18} aria-hidden />}
          {t(`system.saga.${saga.status}`)}
        </span>
        <span className={classes["when"]}>
          {times.moment(saga.startedAt)} · {times.duration(totalMs)}
        </span>
        <Link href={`/orders/${saga.orderId}`}>{t("system.story-of")}</Link>
      </header>
      <ol className={classes["steps"]}>
        {steps.map((step) => (
          <StepRow key={step.name} step={step} />
        ))}
      </ol>
      {saga.refusal && (
        <p className={classes["cause"]}>
          {t("system.refused", { code: saga.refusal.code })} {saga.refusal.detail}
        </p>
      )}
      {saga.cause !== undefined && <p className={classes["cause"]}>{saga.cause}</p>}
      {saga.abandonedReason !== undefined && (
        <p className={classes["cause"]}>
          {t("system.abandoned-because", { reason: saga.abandonedReason })}
        </p>
      )}
      {parked && <Decide saga={saga} />}
    </article>
  );
}

function StepRow({ step }: { readonly step: StepBar }) {
  const t = useWords(system);
  const times = useTimes();
  const { name, state, pivot, attempts, run, undo } = step;
  const Icon = ICONS[state];
  return (
    <li data-state={state}>
      <span className={classes["name"]}>
        <Icon size={17} stroke={2.3} aria-hidden />
        <b>{name}</b>
        {pivot && <small title={t("system.pivot-means")}>{t("system.pivot")}</small>}
      </span>
      <span className={classes["track"]}>
        {run && (
          <span
            className={classes["bar"]}
            style={{ insetInlineStart: `${run.from}%`, width: `${run.length}%` }}
          />
        )}
        {undo && (
          <span
            className={classes["bar"]}
            data-undo
            style={{ insetInlineStart: `${undo.from}%`, width: `${undo.length}%` }}
          />
        )}
      </span>
      <span className={classes["told"]}>
        {t(`system.step.${state}`)}
        {run?.tookMs !== undefined && <> · {times.duration(run.tookMs)}</>}
        {attempts > 1 && <> · {t("system.attempts", { count: attempts })}</>}
      </span>
    </li>
  );
}

function Decide({ saga }: { readonly saga: Saga }) {
  const t = useWords(system);
  const say = useProblemWords();
  const client = useQueryClient();
  const [reason, setReason] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    setFault(undefined);
    try {
      await work();
      setReason(undefined);
    } catch (error) {
      setFault(say(refusalOf(error)));
    } finally {
      setBusy(false);
      await client.invalidateQueries({ queryKey: queries.orders.sagas.key() });
    }
  };
  return (
    <form
      className={classes["decide"]}
      onSubmit={(event) => {
        event.preventDefault();
        void run(() => api.orders.sagas.abandon({ id: saga.id, reason: reason?.trim() ?? "" }));
      }}
    >
      <Button
        size="md"
        loading={busy}
        onClick={() => void run(() => api.orders.sagas.resume({ id: saga.id }))}
      >
        {t("system.resume")}
      </Button>
      {reason === undefined ? (
        <Button size="md" variant="default" onClick={() => setReason("")}>
          {t("system.abandon")}
        </Button>
      ) : (
        <>
          <Textarea
            size="md"
            autosize
            data-autofocus
            label={t("system.abandon-reason")}
            description={t("system.abandon-means")}
            maxLength={200}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button
            type="submit"
            size="md"
            color="chilli"
            loading={busy}
            disabled={reason.trim() === ""}
          >
            {t("system.abandon-do")}
          </Button>
        </>
      )}
      <p role="alert">{fault}</p>
    </form>
  );
}
