// Between the contract of events and what the system can do with them.
import { actorOf, type CallContext, implementContract } from "#platform/http";
import type { Asked, Events } from "./events.js";
import { eventsContract } from "./events-contract.js";
import type { Flow } from "./flow.js";

/** @throws Error for a caller that no guard let in */
function askedBy(context: CallContext, reason: string | undefined): Asked {
  const by = actorOf(context);
  if (!by) throw new Error("Only people intervene in events");
  return { by, trace: context.trace, reason };
}

const dateOf = (instant: string | undefined) =>
  instant === undefined ? undefined : new Date(instant);

export function createEventsRouter(events: Events, flow: Pick<Flow, "read">) {
  const routes = implementContract(eventsContract);
  const unknown = () => ({ data: { subscriptions: events.names() } });

  return routes.router({
    status: routes.status.handler(() => events.status()),
    flow: routes.flow.handler(() => flow.read()),
    list: routes.list.handler(({ input: { from, to, ...query } }) =>
      events.list({ ...query, from: dateOf(from), to: dateOf(to) }),
    ),
    get: routes.get.handler(async ({ input, errors }) => {
      const detail = await events.get(input.id);
      if (!detail) throw errors.NOT_FOUND();
      return detail;
    }),
    replay: routes.replay.handler(async ({ input, context, errors }) => {
      const { eventId, subscription, from, to, reason } = input;
      if (subscription !== undefined && !events.knows(subscription))
        throw errors.UNKNOWN_SUBSCRIPTION(unknown());
      const query = { eventId, subscription, from: dateOf(from), to: dateOf(to) };
      return { replayed: await events.replay(query, askedBy(context, reason)) };
    }),
    discard: routes.discard.handler(async ({ input, context, errors }) => {
      const { id, subscription, reason } = input;
      if (!events.knows(subscription)) throw errors.UNKNOWN_SUBSCRIPTION(unknown());
      const asked = { ...askedBy(context, reason), reason };
      const discarded = await events.discard(subscription, id, asked);
      if (!discarded) throw errors.NOT_STORED();
      return discarded;
    }),
    pause: routes.pause.handler(async ({ input, context, errors }) => {
      const { name, reason } = input;
      if (!events.knows(name)) throw errors.UNKNOWN_SUBSCRIPTION(unknown());
      if (!(await events.pause(name, askedBy(context, reason)))) throw errors.PAUSE_NOT_CONFIRMED();
      return { outboxes: await events.standingsOf(name) };
    }),
    resume: routes.resume.handler(async ({ input, context, errors }) => {
      const { name, reason } = input;
      if (!events.knows(name)) throw errors.UNKNOWN_SUBSCRIPTION(unknown());
      await events.resume(name, askedBy(context, reason));
      return { outboxes: await events.standingsOf(name) };
    }),
  });
}
