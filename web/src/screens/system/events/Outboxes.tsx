// Each module's outbox: what has not left it, and who relays.
import { useWords } from "../../../words/words.js";
import classes from "../parts/Table.module.css";
import { useTimes } from "../parts/times.js";
import type { EventsStatus } from "../use-system.js";
import { system } from "../words.js";

export function Outboxes({ status }: { readonly status: EventsStatus }) {
  const t = useWords(system);
  const times = useTimes();
  return (
    <div className={classes["scroll"]} tabIndex={0} role="group" aria-labelledby="outboxes">
      <table className={classes["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("system.module")}</th>
            <th scope="col">{t("system.relay")}</th>
            <th scope="col" data-number>
              {t("system.waiting-to-leave")}
            </th>
            <th scope="col" data-number>
              {t("system.oldest")}
            </th>
            <th scope="col" data-number>
              {t("system.kept")}
            </th>
          </tr>
        </thead>
        <tbody>
          {status.outboxes.map((one) => (
            <tr key={one.publisher}>
              <th scope="row">
                <code>{one.publisher}</code>
              </th>
              <td>
                {t(`system.relay.${one.relay}`)}
                {one.stalled !== null && <em>{one.stalled}</em>}
              </td>
              <td data-number data-some={one.backlog > 0 || undefined}>
                {one.backlog.toLocaleString("en")}
              </td>
              <td data-number>{one.backlog > 0 ? times.duration(one.ageMs) : "–"}</td>
              <td data-number>{one.archived.toLocaleString("en")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
