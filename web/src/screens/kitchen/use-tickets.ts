// The open tickets of all stations, live: the list of the server, what was told since it was asked for, and on top what
// was pressed here and is not answered yet.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api, queries } from "../../api/client.js";
import { type Problem, refusalOf } from "../../api/problem.js";
import { useStream } from "../../api/stream.js";
import {
  afterPress,
  createTicketNews,
  isDone,
  type Press,
  type Ticket,
  withTicket,
} from "./tickets.js";

const list = queries.kitchen.tickets.list;
const options = list.queryOptions({ input: {} });
type Answer = Awaited<ReturnType<typeof api.kitchen.tickets.list>>;

/** What was refused is said long enough to be read, and does not stand there for ever. */
const SAID_MS = 8_000;

interface Pending {
  readonly id: number;
  readonly ticketId: string;
  readonly press: Press;
}

function send(ticket: Ticket, press: Press): Promise<Ticket> {
  const { id, version } = ticket;
  switch (press.kind) {
    case "advance":
      return api.kitchen.tickets.advance({ id, version, to: press.to });
    case "recall":
      return api.kitchen.tickets.recall({ id, version });
    case "cross-off":
      return api.kitchen.tickets.crossOff({
        id,
        version,
        lineId: press.lineId,
        crossedOff: press.crossedOff,
      });
    case "acknowledge":
      return api.kitchen.tickets.acknowledge({
        id,
        version,
        ...(press.lineId !== undefined && { lineId: press.lineId }),
      });
  }
}

export function useTickets() {
  const client = useQueryClient();
  const [news] = useState(createTicketNews);
  const [pending, setPending] = useState<readonly Pending[]>([]);
  const [refusal, setRefusal] = useState<{ problem: Problem; number: number }>();
  const turns = useRef(new Map<string, Promise<void>>());
  const count = useRef(0);

  const { data, failureReason } = useQuery({
    ...options,
    queryFn: async ({ signal }): Promise<Answer> => {
      const since = news.now();
      const answer = await api.kitchen.tickets.list({}, { signal });
      return { ...answer, items: [...news.onto(answer.items, since)] };
    },
  });

  const learn = useCallback(
    (ticket: Ticket) => {
      if (!news.tell(ticket)) return;
      client.setQueryData<Answer>(
        options.queryKey,
        (answer) => answer && { ...answer, items: [...withTicket(answer.items, ticket)] },
      );
    },
    [client, news],
  );
  useStream("ticket-changed", (told) => learn((told as { ticket: Ticket }).ticket));

  /** Presses on one ticket go one after the other, each on the version that the one before has made. */
  const press = useCallback(
    (ticketId: string, what: Press) => {
      count.current += 1;
      const id = count.current;
      setRefusal(undefined);
      setPending((all) => [...all, { id, ticketId, press: what }]);
      const run = async () => {
        const ticket = client
          .getQueryData<Answer>(options.queryKey)
          ?.items.find((one) => one.id === ticketId);
        try {
          if (ticket) learn(await send(ticket, what));
        } catch (failure) {
          const problem = refusalOf(failure);
          const now = problem.data["ticket"] as Ticket | undefined;
          if (now) learn(now);
          else void client.invalidateQueries({ queryKey: options.queryKey });
          if (!now || !isDone(now, what)) setRefusal({ problem, number: id });
        } finally {
          setPending((all) => all.filter((one) => one.id !== id));
        }
      };
      const turn = (turns.current.get(ticketId) ?? Promise.resolve()).then(run);
      turns.current.set(ticketId, turn);
    },
    [client, learn],
  );

  const recallLast = useCallback(
    async (station: string | undefined) => {
      setRefusal(undefined);
      try {
        learn(
          await api.kitchen.recallLast({
            id: crypto.randomUUID(),
            ...(station !== undefined && { station }),
          }),
        );
      } catch (failure) {
        count.current += 1;
        setRefusal({ problem: refusalOf(failure), number: count.current });
      }
    },
    [learn],
  );

  useEffect(() => {
    if (!refusal) return undefined;
    const timer = setTimeout(() => setRefusal(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [refusal]);

  const tickets = useMemo(() => {
    if (!data) return undefined;
    if (pending.length === 0) return data.items;
    return data.items
      .map((ticket) =>
        pending
          .filter(({ ticketId }) => ticketId === ticket.id)
          .reduce((after, one) => afterPress(after, one.press), ticket),
      )
      .filter(({ closedAt }) => closedAt === undefined);
  }, [data, pending]);

  /** More are open than one list holds: the oldest of them are shown. */
  const isCut = data !== undefined && data.nextCursor !== null;
  return { tickets, isCut, failureReason, press, recallLast, refusal };
}
