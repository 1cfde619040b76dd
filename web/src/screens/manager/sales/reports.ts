// The reports of a range, by all that the page shows, and read again when something was sold.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Api } from "../../../api/client.js";
import { queries } from "../../../api/client.js";
import { useStream } from "../../../api/stream.js";
import type { Range } from "./ranges.js";

type Report = Awaited<ReturnType<Api["reporting"]["sales"]>>;
type By = Report["by"];
export type ReportBy<Wanted extends By> = Extract<Report, { by: Wanted }>;

function useReport<Wanted extends By>(by: Wanted, range: Range | undefined) {
  const { data, error } = useQuery({
    ...queries.reporting.sales.queryOptions({ input: { by, ...range } }),
    placeholderData: keepPreviousData,
  });
  return { data: data?.by === by ? (data as ReportBy<Wanted>) : undefined, error };
}

export type Reports = ReturnType<typeof useReports>;

export function useReports(range: Range | undefined) {
  useLive();
  const hours = useReport("hour", range);
  const dates = useReport("date", range);
  const dishes = useReport("dish", range);
  const categories = useReport("category", range);
  const methods = useReport("method", range);
  return {
    hours: hours.data,
    dates: dates.data,
    dishes: dishes.data,
    categories: categories.data,
    methods: methods.data,
    error: hours.error ?? dates.error ?? dishes.error ?? categories.error ?? methods.error,
  };
}

/** Reports follow the events a moment later. In a rush they are read again every few seconds, not for each order. */
const GATHER_MS = 3_000;

function useLive(): void {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hear = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void client.invalidateQueries({ queryKey: queries.reporting.key() });
    }, GATHER_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useStream("order-placed", hear);
  useStream("order-cancelled", hear);
  useStream("payment-captured", hear);
  useStream("payment-refunded", hear);
}
