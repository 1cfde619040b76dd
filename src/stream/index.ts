// The live stream: the contract's route, and the event stream that answers it, on the outboxes of the modules.
import { type EventStream, implementContract } from "#platform/http";
import type { OutboxControl } from "#platform/outbox";
import { createStream, type StreamOptions } from "#platform/stream";
import { Accepted, contract } from "./contract.js";
import { publishers, showEvent } from "./topics.js";

export interface StreamParts extends Omit<StreamOptions, "sources" | "show"> {
  readonly outboxes: readonly OutboxControl[];
}

export function createLiveStream({ outboxes, ...options }: StreamParts) {
  const sources = outboxes.filter(({ publisher }) => publishers.has(publisher));
  const stream = createStream({ ...options, sources, show: showEvent });
  const live = implementContract(contract);
  const eventStream: EventStream = {
    open(sink, { principal, accepted, lastEventId }) {
      const { topics, ...asked } = Accepted.parse(accepted);
      stream.open(sink, {
        listener: principal,
        topics: topics && new Set<string>(topics),
        lastEventId: lastEventId ?? asked.lastEventId,
      });
    },
    drain: () => stream.drain(),
  };
  return {
    name: "stream" as const,
    router: live.router({
      listen: live.listen.handler(({ input, context, errors }) => {
        if (!context.principal || !stream.hasRoom(context.principal)) {
          throw errors.TOO_MANY_STREAMS();
        }
        return input;
      }),
    }),
    eventStream,
    recheck: () => stream.recheck(),
    collect: () => stream.collect(),
    stop: () => stream.stop(),
  };
}
