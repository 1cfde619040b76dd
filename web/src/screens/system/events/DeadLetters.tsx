// Events that a listener could not apply: why, since when, and what a person can do about it.
import { Button } from "@mantine/core";
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, queries } from "../../../api/client.js";
import { problemOf, refusalOf } from "../../../api/problem.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import { Choices } from "../parts/Choices.js";
import { system } from "../words.js";
import { DeadLetter } from "./DeadLetter.js";
import classes from "./DeadLetters.module.css";

const FILTERS = ["dead", "waiting", "held", "discarded"] as const;
type Filter = (typeof FILTERS)[number];
const PAGE = 20;
const AGAIN_MS = 4_000;

export function DeadLetters() {
  const t = useWords(system);
  const say = useProblemWords();
  const client = useQueryClient();
  const [filter, setFilter] = useState<Filter>("dead");
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ text: string; bad: boolean }>();
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    ...queries.system.events.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        limit: PAGE,
        status: filter,
        ...(cursor !== undefined && { cursor }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    }),
    refetchInterval: AGAIN_MS,
    staleTime: 0,
  });
  const events = data?.pages.flatMap(({ items }) => items) ?? [];

  const act = async (work: () => Promise<string>) => {
    setBusy(true);
    setSaid(undefined);
    try {
      setSaid({ text: await work(), bad: false });
    } catch (failure) {
      setSaid({ text: say(refusalOf(failure)), bad: true });
    } finally {
      setBusy(false);
      await client.invalidateQueries({ queryKey: queries.system.events.key() });
    }
  };
  const replay = (which: Parameters<typeof api.system.events.replay>[0]) =>
    act(async () => {
      const { replayed } = await api.system.events.replay(which);
      return t("system.replayed", { count: replayed });
    });

  return (
    <div className={classes["letters"]}>
      <div className={classes["head"]}>
        <Choices
          name={t("system.which-events")}
          all={FILTERS}
          chosen={filter}
          wordOf={(one) => t(`system.event.${one}`)}
          onChoose={setFilter}
        />
        {filter === "dead" && events.length > 1 && (
          <Button size="md" loading={busy} onClick={() => void replay({ all: true })}>
            {t("system.replay-all")}
          </Button>
        )}
      </div>
      <p role="status" className={classes["said"]} data-bad={said?.bad || undefined}>
        {said?.text}
      </p>
      {error && <p role="alert">{say(problemOf(error))}</p>}
      {data && events.length === 0 && (
        <p className={classes["none"]}>{t(`system.none.${filter}`)}</p>
      )}
      <ul>
        {events.map((stored) => (
          <li key={`${stored.subscription} ${stored.event.id}`}>
            <DeadLetter
              stored={stored}
              busy={busy}
              onReplay={() =>
                void replay({ eventId: stored.event.id, subscription: stored.subscription })
              }
              onDiscard={(reason) =>
                void act(async () => {
                  const { id } = stored.event;
                  await api.system.events.discard({
                    id,
                    subscription: stored.subscription,
                    reason,
                  });
                  return t("system.was-discarded");
                })
              }
            />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button
          variant="default"
          size="md"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {t("system.more")}
        </Button>
      )}
    </div>
  );
}
