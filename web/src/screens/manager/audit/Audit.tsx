// Who did what, newest first, found by person, action and day; and whether the log is as it was written.
import { NativeSelect, TextInput } from "@mantine/core";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Entry } from "../../../../../src/modules/audit/contract.js";
import { queries } from "../../../api/client.js";
import { useWords } from "../../../words/words.js";
import { More } from "../parts/More.js";
import parts from "../parts/parts.module.css";
import { useFormat, useRestaurant } from "../restaurant.js";
import { manager } from "../words.js";
import { useActionWords } from "./action-words.js";
import { ACTIONS, boundsOf, offsetMinutes } from "./actions.js";
import { Check } from "./Check.js";
import { EntrySheet } from "./EntrySheet.js";
import { audit } from "./words.js";

const PAGE = 50;
const ANY = "";

interface Filter {
  readonly actor: string;
  readonly action: string;
  readonly from: string;
  readonly to: string;
}

function useEntries({ actor, action, from, to }: Filter) {
  const { timeZone } = useRestaurant();
  const bounds = boundsOf({ from, to }, (instant) => offsetMinutes(instant, timeZone));
  const list = useInfiniteQuery({
    ...queries.audit.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        limit: PAGE,
        ...bounds,
        ...(actor !== ANY && { actor }),
        ...(action !== ANY && { action }),
        ...(cursor !== undefined && { cursor }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  return { ...list, items: list.data?.pages.flatMap(({ items }) => items) ?? [] };
}

export function Audit() {
  const t = useWords(audit);
  const words = useWords(manager);
  const nameOf = useActionWords();
  const { dayAndTime } = useFormat();
  const { data: staff } = useQuery(queries.auth.staff.list.queryOptions());
  const [filter, setFilter] = useState<Filter>({ actor: ANY, action: ANY, from: "", to: "" });
  const [open, setOpen] = useState<Entry>();
  const list = useEntries(filter);
  const change = (part: Partial<Filter>) => setFilter((before) => ({ ...before, ...part }));

  return (
    <section className={parts["page"]} aria-labelledby="audit-title">
      <Check title={<h1 id="audit-title">{words("manager.audit")}</h1>} />
      <div className={parts["tools"]}>
        <NativeSelect
          size="md"
          className={parts["grow"] ?? ""}
          label={t("audit.who")}
          value={filter.actor}
          data={[
            { value: ANY, label: t("audit.anybody") },
            ...(staff?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => change({ actor: event.currentTarget.value })}
        />
        <NativeSelect
          size="md"
          className={parts["grow"] ?? ""}
          label={t("audit.what")}
          value={filter.action}
          data={[
            { value: ANY, label: t("audit.anything") },
            ...ACTIONS.map((action) => ({ value: action, label: nameOf(action) })),
          ]}
          onChange={(event) => change({ action: event.currentTarget.value })}
        />
        <TextInput
          size="md"
          type="date"
          label={t("audit.from")}
          value={filter.from}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <TextInput
          size="md"
          type="date"
          label={t("audit.to")}
          value={filter.to}
          onChange={(event) => change({ to: event.currentTarget.value })}
        />
      </div>
      {list.items.length > 0 && (
        <table className={parts["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("audit.what")}</th>
              <th scope="col" data-wide>
                {t("audit.about")}
              </th>
              <th scope="col">{t("audit.who")}</th>
              <th scope="col" data-fit>
                {t("audit.when")}
              </th>
            </tr>
          </thead>
          <tbody>
            {list.items.map((entry) => (
              <tr key={entry.position}>
                <th scope="row">
                  <button type="button" className={parts["open"]} onClick={() => setOpen(entry)}>
                    {nameOf(entry.action)}
                  </button>
                  {entry.reason !== undefined && (
                    <span className={parts["second"]}>{entry.reason}</span>
                  )}
                </th>
                <td data-wide>{aboutOf(entry)}</td>
                <td>
                  {entry.actor.name}
                  {entry.approvedBy && (
                    <span className={parts["second"]}>
                      {t("audit.approved", { name: entry.approvedBy.name })}
                    </span>
                  )}
                </td>
                <td data-fit>{dayAndTime(entry.at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <More list={list} />
      {open && <EntrySheet entry={open} onClose={() => setOpen(undefined)} />}
    </section>
  );
}

/** Its name where it has one; ids are for the details. */
const aboutOf = ({ subject: { type, id, name } }: Entry): string =>
  name ?? `${type} ${id.slice(-6)}`;
