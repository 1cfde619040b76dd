// An order's whole story: found by its number or id, told as one list over all modules, in order of time.
import { Button, Loader, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useParams } from "wouter";
import { queries } from "../../../api/client.js";
import { problemOf } from "../../../api/problem.js";
import { formatMoney } from "../../../words/money.js";
import { useLanguage } from "../../../words/language.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import { useTimes } from "../parts/times.js";
import { system } from "../words.js";
import { StoryList } from "./StoryList.js";
import classes from "./StoryPage.module.css";

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const STATUSES = ["placed", "cancelled"] as const;
const RECENT = 100;
const AGAIN_MS = 5_000;

export function StoryPage() {
  const t = useWords(system);
  const { id } = useParams<{ id?: string }>();
  return (
    <div className={classes["page"]}>
      <Search />
      {id === undefined ? (
        <>
          <h2>{t("system.recent-orders")}</h2>
          <Recent />
        </>
      ) : (
        <Told id={id} />
      )}
    </div>
  );
}

const useRecent = () =>
  useQuery({
    ...queries.orders.list.queryOptions({ input: { limit: RECENT } }),
    refetchInterval: AGAIN_MS,
  });

function Search() {
  const t = useWords(system);
  const [, go] = useLocation();
  const { data } = useRecent();
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string>();
  return (
    <form
      role="search"
      className={classes["search"]}
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = text.trim().replace(/^#/, "");
        const found = UUID.test(wanted)
          ? wanted.toLowerCase()
          : data?.items.find(({ number }) => String(number) === wanted)?.id;
        setFault(found === undefined ? t("system.no-such-order", { count: RECENT }) : undefined);
        if (found !== undefined) go(`/orders/${found}`);
      }}
    >
      <TextInput
        size="md"
        label={t("system.order-search")}
        value={text}
        error={fault}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" size="md" disabled={text.trim() === ""}>
        {t("system.tell")}
      </Button>
    </form>
  );
}

function Recent() {
  const t = useWords(system);
  const times = useTimes();
  const { data, isPending } = useRecent();
  if (isPending) return <Loader />;
  if (!data || data.items.length === 0) return <p>{t("system.no-orders")}</p>;
  return (
    <ul className={classes["recent"]}>
      {data.items.slice(0, 40).map(({ id, number, status, placedAt }) => (
        <li key={id}>
          <Link href={`/orders/${id}`}>
            <b>{number}</b>
            <span>{times.moment(placedAt)}</span>
            {status === "cancelled" && <em>{t("system.order-is.cancelled")}</em>}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Told({ id }: { readonly id: string }) {
  const t = useWords(system);
  const say = useProblemWords();
  const times = useTimes();
  const language = useLanguage();
  const { data, error } = useQuery({
    ...queries.system.story.get.queryOptions({ input: { id } }),
    refetchInterval: AGAIN_MS,
    staleTime: 0,
  });
  const restaurant = useQuery(queries.restaurant.profile.queryOptions()).data;
  if (error && !data) return <p role="alert">{say(problemOf(error))}</p>;
  if (!data) return <Loader />;
  const { number, status, total, from, to, entries, missing } = data;
  const known = STATUSES.find((one) => one === status);
  return (
    <>
      <header className={classes["head"]}>
        <h2>{number === undefined ? t("system.unrecorded") : t("system.order", { number })}</h2>
        {known && (
          <span className={classes["status"]} data-status={known}>
            {t(`system.order-is.${known}`)}
          </span>
        )}
        {total && restaurant && <b>{formatMoney(total, restaurant.decimals, language)}</b>}
        <span>
          {times.day(from)} · {times.duration(Date.parse(to) - Date.parse(from))}
        </span>
        <code>{id}</code>
        <Link href="/orders">{t("system.other-orders")}</Link>
      </header>
      {missing.length > 0 && (
        <ul className={classes["missing"]}>
          {missing.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      <StoryList entries={entries} />
    </>
  );
}
