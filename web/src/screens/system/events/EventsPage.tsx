// Events on their way: what each listener has applied and how quickly, what waits, and what could not be applied.
import { problemOf } from "../../../api/problem.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import { LagLine } from "../map/LagLine.js";
import { useEventsStatus, useFlow } from "../use-system.js";
import { system } from "../words.js";
import { DeadLetters } from "./DeadLetters.js";
import classes from "./EventsPage.module.css";
import { Outboxes } from "./Outboxes.js";
import { Subscriptions } from "./Subscriptions.js";

export function EventsPage() {
  const t = useWords(system);
  const say = useProblemWords();
  const flow = useFlow().data;
  const { data: status, error } = useEventsStatus();
  return (
    <div className={classes["page"]}>
      <section aria-labelledby="dead-letters">
        <h2 id="dead-letters">{t("system.not-applied")}</h2>
        <DeadLetters />
      </section>
      {error && <p role="alert">{say(problemOf(error))}</p>}
      {flow && <LagLine flow={flow} />}
      {status && (
        <>
          <section aria-labelledby="subscriptions">
            <h2 id="subscriptions">{t("system.subscriptions")}</h2>
            <Subscriptions status={status} />
          </section>
          <section aria-labelledby="outboxes">
            <h2 id="outboxes">{t("system.outboxes")}</h2>
            <Outboxes status={status} />
          </section>
        </>
      )}
    </div>
  );
}
