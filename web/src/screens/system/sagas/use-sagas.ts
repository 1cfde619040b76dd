// Sagas as the page asks for them: those under way often, those that have ended when somebody looks.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { queries } from "../../../api/client.js";

const OPEN_MS = 3_000;
const PAGE = 20;

export type SagaFilter = "open" | "needs-attention" | "all";

export const useOpenSagas = () =>
  useQuery({
    ...queries.orders.sagas.list.queryOptions({ input: { status: "open", limit: 100 } }),
    refetchInterval: OPEN_MS,
    staleTime: 0,
  });

export const useSagas = (filter: SagaFilter) =>
  useInfiniteQuery({
    ...queries.orders.sagas.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        limit: PAGE,
        ...(cursor !== undefined && { cursor }),
        ...(filter !== "all" && { status: filter }),
      }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    }),
    refetchInterval: OPEN_MS,
    staleTime: 0,
  });
