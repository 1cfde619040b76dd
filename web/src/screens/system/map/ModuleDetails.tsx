// What one module owns, may do and has done: its tables with its rights on them, its connections, its listeners.
import { CloseButton } from "@mantine/core";
import { useWords } from "../../../words/words.js";
import { useTimes } from "../parts/times.js";
import type { EventsStatus, Module } from "../use-system.js";
import { system } from "../words.js";
import classes from "./ModuleDetails.module.css";

/** The platform's own tables, the same in each module. */
const PLATFORM = /^(inbox|outbox|saga|schema_migrations)/;

interface ModuleDetailsProps {
  readonly module: Module;
  readonly status: EventsStatus | undefined;
  onClose(this: void): void;
}

export function ModuleDetails({ module, status, onClose }: ModuleDetailsProps) {
  const t = useWords(system);
  const times = useTimes();
  const { name, store, owns, tables, calls, hears, pool } = module;
  const listeners = status?.subscriptions.filter((one) => one.module === name) ?? [];
  const own = tables.filter((table) => !PLATFORM.test(table.name));
  const platform = tables.filter((table) => PLATFORM.test(table.name));
  const list = (names: readonly string[]) =>
    names.length === 0 ? t("system.nobody") : names.join(", ");
  return (
    <aside className={classes["details"]} aria-label={name}>
      <header>
        <h2>{name}</h2>
        <CloseButton size="lg" aria-label={t("system.close")} onClick={onClose} />
      </header>
      <dl>
        <dt>{store === "mongodb" ? t("system.database") : t("system.role")}</dt>
        <dd>
          <code>{owns}</code>
        </dd>
        <dt>{t("system.calls")}</dt>
        <dd>{list(calls.map(({ to }) => to))}</dd>
        <dt>{t("system.hears")}</dt>
        <dd>{list(hears.map(({ from }) => from))}</dd>
        {pool && (
          <>
            <dt>{t("system.connections")}</dt>
            <dd>{t("system.pool-long", { ...pool, busy: pool.open - pool.idle })}</dd>
          </>
        )}
      </dl>
      {listeners.length > 0 && (
        <>
          <h3>{t("system.listeners")}</h3>
          <ul>
            {listeners.map((one) => (
              <li key={one.name}>
                <code>{one.name}</code>
                <small>
                  {t("system.applied-minute", { count: one.applied })}
                  {one.lagMs && <> · {times.duration(one.lagMs.p50)}</>}
                </small>
              </li>
            ))}
          </ul>
        </>
      )}
      {[own, platform].map(
        (group) =>
          group.length > 0 && (
            <table key={group === own ? "own" : "platform"}>
              <caption>{group === own ? t("system.tables") : t("system.platform-tables")}</caption>
              <tbody>
                {group.map((table) => (
                  <tr key={table.name}>
                    <th scope="row">
                      <code>{table.name}</code>
                      {table.rights.length > 0 && <small>{table.rights.join(" ")}</small>}
                    </th>
                    <td>{table.rows.toLocaleString("en")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ),
      )}
    </aside>
  );
}
