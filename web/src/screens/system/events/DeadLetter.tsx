// One event that one listener could not apply.
import { Button, Textarea } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import { useWords } from "../../../words/words.js";
import { useTimes } from "../parts/times.js";
import type { StoredEvent } from "../use-system.js";
import { system } from "../words.js";
import classes from "./DeadLetter.module.css";

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

interface DeadLetterProps {
  readonly stored: StoredEvent;
  readonly busy: boolean;
  onReplay(this: void): void;
  onDiscard(this: void, reason: string): void;
}

export function DeadLetter({ stored, busy, onReplay, onDiscard }: DeadLetterProps) {
  const t = useWords(system);
  const times = useTimes();
  const [reason, setReason] = useState<string>();
  const { subscription, status, attempts, causes, causeCount, event, discarded } = stored;
  const last = causes.at(-1);
  // What orders and the kitchen tell of is keyed by the order.
  const isOrder = UUID.test(event.key) && /^(orders|kitchen)\./.test(event.name);
  return (
    <article
      className={classes["letter"]}
      data-status={status}
      aria-label={`${event.name} ${subscription}`}
    >
      <header>
        {status === "dead" && <IconAlertTriangle size={20} aria-hidden />}
        <h3>
          <code>{event.name}</code> <span aria-hidden>→</span> <code>{subscription}</code>
        </h3>
        <span className={classes["status"]}>{t(`system.event.${status}`)}</span>
      </header>
      <p className={classes["facts"]}>
        {t("system.event-at", { time: times.day(event.occurredAt) })}
        {attempts > 0 && <> · {t("system.attempts", { count: attempts })}</>} · {t("system.key")}{" "}
        {isOrder ? (
          <Link href={`/orders/${event.key}`}>
            <code>{event.key}</code>
          </Link>
        ) : (
          <code>{event.key}</code>
        )}
      </p>
      {last && <p className={classes["cause"]}>{last.message}</p>}
      {causes.length > 1 && (
        <details>
          <summary>{t("system.all-causes", { count: causeCount })}</summary>
          <ol>
            {causes.map(({ at, message }) => (
              <li key={at}>
                <time dateTime={at}>{times.day(at)}</time> {message}
              </li>
            ))}
          </ol>
        </details>
      )}
      {discarded && (
        <p className={classes["facts"]}>
          {t("system.discarded-by", {
            name: discarded.by,
            time: times.day(discarded.at),
            reason: discarded.reason,
          })}
        </p>
      )}
      {status !== "discarded" && (
        <form
          onSubmit={(submit) => {
            submit.preventDefault();
            onDiscard(reason?.trim() ?? "");
          }}
        >
          {status !== "held" && (
            <Button size="md" loading={busy} onClick={onReplay}>
              {t("system.replay")}
            </Button>
          )}
          {reason === undefined ? (
            <Button size="md" variant="default" onClick={() => setReason("")}>
              {t("system.discard")}
            </Button>
          ) : (
            <>
              <Textarea
                size="md"
                autosize
                label={t("system.discard-reason")}
                description={t("system.discard-means")}
                maxLength={500}
                value={reason}
                onChange={(change) => setReason(change.currentTarget.value)}
              />
              <Button
                type="submit"
                size="md"
                color="chilli"
                loading={busy}
                disabled={reason.trim() === ""}
              >
                {t("system.discard-do")}
              </Button>
            </>
          )}
        </form>
      )}
    </article>
  );
}
