// What the page asks again and again while it is looked at. The flow comes from the server's memory, so it may be often.
import { useQuery } from "@tanstack/react-query";
import { type Api, queries } from "../../api/client.js";

const FLOW_MS = 2_000;
const STATUS_MS = 4_000;
const MODULES_MS = 10_000;

type AnswerOf<Call extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<Call>>;
export type Flow = AnswerOf<Api["system"]["events"]["flow"]>;
export type EventsStatus = AnswerOf<Api["system"]["events"]["status"]>;
export type StoredEvent = AnswerOf<Api["system"]["events"]["list"]>["items"][number];
export type Picture = AnswerOf<Api["system"]["modules"]>;
export type Module = Picture["modules"][number];
export type Saga = AnswerOf<Api["orders"]["sagas"]["get"]>;

export const useFlow = () =>
  useQuery({
    ...queries.system.events.flow.queryOptions(),
    refetchInterval: FLOW_MS,
    staleTime: 0,
  });

export const useEventsStatus = () =>
  useQuery({
    ...queries.system.events.status.queryOptions(),
    refetchInterval: STATUS_MS,
    staleTime: 0,
  });

export const usePicture = () =>
  useQuery({
    ...queries.system.modules.queryOptions(),
    refetchInterval: MODULES_MS,
    staleTime: 0,
  });
