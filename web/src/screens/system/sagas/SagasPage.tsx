// Sagas: what is under way, what waits for a person, and what has ended, newest first.
import { Button, Loader } from "@mantine/core";
import { useState } from "react";
import { problemOf } from "../../../api/problem.js";
import { useProblemWords } from "../../../words/problems.js";
import { useWords } from "../../../words/words.js";
import { Choices } from "../parts/Choices.js";
import { system } from "../words.js";
import { SagaCard } from "./SagaCard.js";
import classes from "./SagasPage.module.css";
import { type SagaFilter, useSagas } from "./use-sagas.js";

const FILTERS: readonly SagaFilter[] = ["all", "open", "needs-attention"];

export function SagasPage() {
  const t = useWords(system);
  const say = useProblemWords();
  const [filter, setFilter] = useState<SagaFilter>("all");
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useSagas(filter);
  const sagas = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <div className={classes["page"]}>
      <Choices
        name={t("system.which-sagas")}
        all={FILTERS}
        chosen={filter}
        wordOf={(one) => t(`system.sagas.${one}`)}
        onChoose={setFilter}
      />
      {error && <p role="alert">{say(problemOf(error))}</p>}
      {isPending && <Loader />}
      {data && sagas.length === 0 && (
        <p>{filter === "all" ? t("system.no-sagas") : t("system.no-open-sagas")}</p>
      )}
      {sagas.map((saga) => (
        <SagaCard key={saga.id} saga={saga} />
      ))}
      {hasNextPage && (
        <Button
          variant="default"
          size="md"
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
        >
          {t("system.older")}
        </Button>
      )}
    </div>
  );
}
