// How a subscription that is behind, or new, reads the archive until it stands where the live stream is.
// The archive has one writer, so reading on from a position misses nothing there.
import type { Bus, Receipt } from "#platform/bus";
import { emit } from "#platform/bus/emit";
import { toMessage } from "./subscription.js";
import type { ArchivedEvent, Claim, SubscriptionRecord } from "./types.js";

const PAGE = 200;

export interface CatchUp {
  readonly record: SubscriptionRecord;
  readonly claim: Claim;
  readonly bus: Bus;
  readonly cancelled: AbortSignal;
  /** Runs its work while nothing is fetched or archived. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** The subscription hears the live stream again, beginning with what is in flight. */
  readonly rejoin: () => void;
}

/** Ends when the subscription is live again, when a person moved it, or when it is cancelled. */
export async function catchUp({
  record,
  claim,
  bus,
  cancelled,
  alone,
  rejoin,
}: CatchUp): Promise<void> {
  const { name, since } = record;
  let { position } = record;
  // One that was stuck must store a page before anybody waits for it again.
  let answers = false;

  const send = (page: readonly ArchivedEvent[]): Receipt[] =>
    page.flatMap(({ event }) => [
      ...emit(bus, toMessage(event), (other) => other === name).values(),
    ]);

  while (!cancelled.aborted) {
    const step = await alone(async () => {
      const page = await claim.history(position, since, PAGE);
      if (cancelled.aborted) return undefined;
      // A short page is the end of the archive: nothing is archived in this turn, so the live stream follows it.
      const isLast = page.length === 0 || (page.length < PAGE && answers);
      const receipts = send(page);
      if (isLast) rejoin();
      return { receipts, isLast, last: page.at(-1)?.position ?? position };
    });
    if (!step || !(await allStored(step.receipts, cancelled))) return;
    answers = true;
    position = step.last;
    if (step.isLast) {
      // Until here the store says "behind": a crash before this line delivers the last page again.
      // In a turn of its own: one that gets stuck meanwhile is cancelled before, or falls behind after this has landed. Sent
      // side by side the two could arrive the other way round: live in the store, and never offered anything again.
      await alone(async () => void (cancelled.aborted || (await claim.goLive(record))));
      return;
    }
    if (!(await claim.advance(record, position))) return;
  }
}

/** False, and what is open is withdrawn, when it was cancelled first. */
async function allStored(receipts: readonly Receipt[], cancelled: AbortSignal): Promise<boolean> {
  const stored = Promise.all(receipts.map((receipt) => receipt.stored)).then(() => true);
  let cancel = () => undefined as void;
  const wasCancelled = new Promise<boolean>((resolve) => (cancel = () => resolve(false)));
  cancelled.addEventListener("abort", cancel);
  if (cancelled.aborted) cancel();
  const answer = await Promise.race([stored, wasCancelled]);
  cancelled.removeEventListener("abort", cancel);
  if (!answer) for (const receipt of receipts) receipt.withdraw();
  return answer;
}
