// Each listener: what it hears, what it still has to apply, how quick it is; and the way to pause it.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, queries } from "../../../api/client.js";
import { refusalOf } from "../../../api/problem.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import classes from "../parts/Table.module.css";
import { useTimes } from "../parts/times.js";
import type { EventsStatus } from "../use-system.js";
import { system } from "../words.js";

type Subscription = EventsStatus["subscriptions"][number];

/** One that is paused at any publisher is paused. */
const isPaused = ({ outboxes }: Subscription) =>
  outboxes.some(({ status }) => status === "paused" || status === "pausing");

export function Subscriptions({ status }: { readonly status: EventsStatus }) {
  const t = useWords(system);
  const times = useTimes();
  const client = useQueryClient();
  const say = useProblemWords();
  const [busy, setBusy] = useState<string>();
  const [fault, setFault] = useState<string>();
  const toggle = async (one: Subscription) => {
    setBusy(one.name);
    setFault(undefined);
    try {
      const { name } = one;
      await (isPaused(one)
        ? api.system.events.resume({ name })
        : api.system.events.pause({ name }));
    } catch (error) {
      setFault(say(refusalOf(error)));
    } finally {
      setBusy(undefined);
      await client.invalidateQueries({ queryKey: queries.system.events.key() });
    }
  };
  return (
    <div className={classes["scroll"]} tabIndex={0} role="group" aria-labelledby="subscriptions">
      <p role="alert" className={classes["fault"]}>
        {fault}
      </p>
      <table className={classes["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("system.listener")}</th>
            <th scope="col">{t("system.hears")}</th>
            <th scope="col" data-number>
              {t("system.applied-last-minute")}
            </th>
            <th scope="col" data-number>
              {t("system.lag-half")}
            </th>
            <th scope="col" data-number>
              {t("system.lag-most")}
            </th>
            <th scope="col" data-number>
              {t("system.backlog")}
            </th>
            <th scope="col" data-number>
              {t("system.dead")}
            </th>
            <th scope="col">
              <span className="visually-hidden">{t("system.what-to-do")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {status.subscriptions.map((one) => {
            const backlog = one.behind + one.queued + one.waiting + one.held;
            return (
              <tr key={one.name}>
                <th scope="row">
                  <code>{one.name}</code>
                  {isPaused(one) && <em>{t("system.paused")}</em>}
                </th>
                <td>
                  {one.patterns.map((pattern) => (
                    <code key={pattern}>{pattern}</code>
                  ))}
                </td>
                <td data-number>{one.applied.toLocaleString("en")}</td>
                <td data-number>{one.lagMs ? times.duration(one.lagMs.p50) : "–"}</td>
                <td data-number>{one.lagMs ? times.duration(one.lagMs.p99) : "–"}</td>
                <td data-number data-some={backlog > 0 || undefined}>
                  {backlog.toLocaleString("en")}
                </td>
                <td data-number data-bad={one.dead > 0 || undefined}>
                  {one.dead.toLocaleString("en")}
                </td>
                <td data-number>
                  <Button
                    variant="default"
                    size="sm"
                    loading={busy === one.name}
                    aria-label={`${isPaused(one) ? t("system.go-on") : t("system.pause")}: ${one.name}`}
                    onClick={() => void toggle(one)}
                  >
                    {isPaused(one) ? t("system.go-on") : t("system.pause")}
                  </Button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
