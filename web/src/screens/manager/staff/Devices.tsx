// Devices on which a PIN is enough; a lost one is removed.
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, queries } from "../../../api/client.js";
import { problemOf } from "../../../api/problem.js";
import { useWords } from "../../../words/words.js";
import { thenRead, useAction, useSay } from "../parts/action.js";
import { Fault } from "../parts/Fault.js";
import parts from "../parts/parts.module.css";
import { useFormat } from "../restaurant.js";
import { manager } from "../words.js";
import { staff } from "./words.js";

export function Devices() {
  const t = useWords(staff);
  const words = useWords(manager);
  const client = useQueryClient();
  const say = useSay();
  const { dayAndTime } = useFormat();
  const { busy, problem, run } = useAction();
  const { data, error } = useQuery(queries.auth.devices.list.queryOptions());
  const remove = (id: string) =>
    run(async () => {
      await thenRead(api.auth.devices.remove({ id }), () =>
        client.invalidateQueries({ queryKey: queries.auth.devices.key() }),
      );
      say(t("staff.device-removed"));
    });
  if (!data) return error && <Fault problem={problemOf(error)} />;
  return (
    <section className={parts["block"]} aria-labelledby="devices-title">
      <h2 id="devices-title">{t("staff.devices")}</h2>
      <p className={parts["note"]}>
        {t(data.items.length === 0 ? "staff.no-devices" : "staff.devices-note")}
      </p>
      {data.items.length > 0 && (
        <ul className={parts["list"]}>
          {data.items.map(({ id, address, addedBy, lastSeenAt }) => {
            const device = t("staff.device", { address, name: addedBy.name });
            return (
              <li key={id}>
                <span>
                  {device}
                  <span className={parts["second"]}>
                    {t("staff.last-seen", { when: dayAndTime(lastSeenAt) })}
                  </span>
                </span>
                <Button
                  variant="default"
                  size="md"
                  loading={busy}
                  aria-label={`${words("manager.remove")}: ${device}`}
                  onClick={() => void remove(id)}
                >
                  {words("manager.remove")}
                </Button>
              </li>
            );
          })}
        </ul>
      )}
      <Fault problem={problem} />
    </section>
  );
}
