// Group commit: calls that arrive while one batch is under way leave together as the next batch.
// An idle caller never waits; under load many calls share one statement and one commit.

export interface Batcher<Item, Result> {
  run(item: Item): Promise<Result>;
}

/**
 * `flush` gets 1..maxSize items and answers with one result for each, in order. When it throws for several
 * items, each is tried alone, so that one bad item cannot fail its neighbours, and all at once, so that one that waits for
 * long cannot delay them: `flush` must be safe to repeat.
 */
export function createBatcher<Item, Result>(
  flush: (items: readonly Item[]) => Promise<readonly Result[]>,
  { maxSize, concurrency = 1 }: { maxSize: number; concurrency?: number },
): Batcher<Item, Result> {
  interface Waiting {
    item: Item;
    resolve: (result: Result) => void;
    reject: (error: unknown) => void;
  }
  const queue: Waiting[] = [];
  let running = 0;

  async function flushBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await flush(batch.map((waiting) => waiting.item));
      if (results.length !== batch.length) throw new Error("flush must answer every item");
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result);
    } catch (error) {
      const [first] = batch;
      if (batch.length === 1 && first) first.reject(error);
      else await Promise.all(batch.map((waiting) => flushBatch([waiting])));
    }
  }

  async function drain(): Promise<void> {
    running += 1;
    while (queue.length > 0) await flushBatch(queue.splice(0, maxSize));
    running -= 1;
  }

  return {
    run(item) {
      return new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject });
        if (running < concurrency) queueMicrotask(() => running < concurrency && void drain());
      });
    },
  };
}
