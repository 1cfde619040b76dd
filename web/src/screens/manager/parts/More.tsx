// Under a list that comes in pages: nothing found, what went wrong, or the next page.
import { Button } from "@mantine/core";
import { problemOf } from "../../../api/problem.js";
import { useWords } from "../../../words/words.js";
import { manager } from "../words.js";
import { Fault } from "./Fault.js";
import classes from "./parts.module.css";

interface MoreProps {
  readonly list: {
    readonly items: readonly unknown[];
    readonly error: unknown;
    readonly isPending: boolean;
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    fetchNextPage(this: void): Promise<unknown>;
  };
}

export function More({ list }: MoreProps) {
  const t = useWords(manager);
  if (list.error) return <Fault problem={problemOf(list.error)} />;
  if (list.isPending) return <p className={classes["note"]}>{t("manager.loading")}</p>;
  if (list.items.length === 0) return <p className={classes["note"]}>{t("manager.none")}</p>;
  if (!list.hasNextPage) return null;
  return (
    <Button
      variant="default"
      size="md"
      loading={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
    >
      {t("manager.more")}
    </Button>
  );
}
