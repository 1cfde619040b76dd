// Reads long lists to their end, page by page.

/** Rows in the order of an id, which `idOf` finds in a row; `read` answers with what comes after it, at most `size`. */
export async function* readById<Row>(
  read: (after: string | undefined) => Promise<Row[]>,
  idOf: (row: Row) => string,
  size: number,
): AsyncGenerator<Row, undefined> {
  for (let last: Row | undefined; ;) {
    const page: Row[] = await read(last && idOf(last));
    yield* page;
    if (page.length < size) return;
    last = page.at(-1);
  }
}

/** Of two lists in the order of the same ids what has the same id; one of the two may be missing. */
export async function* pairById<One, Other>(
  ones: AsyncGenerator<One, undefined>,
  others: AsyncGenerator<Other, undefined>,
  idOf: (row: One | Other) => string,
): AsyncGenerator<readonly [One | undefined, Other | undefined], undefined> {
  let one = await ones.next();
  let other = await others.next();
  while (!one.done || !other.done) {
    const id = one.done ? undefined : idOf(one.value);
    const otherId = other.done ? undefined : idOf(other.value);
    const takesOne = id !== undefined && (otherId === undefined || id <= otherId);
    const takesOther = otherId !== undefined && (id === undefined || otherId <= id);
    yield [takesOne ? one.value : undefined, takesOther ? other.value : undefined];
    if (takesOne) one = await ones.next();
    if (takesOther) other = await others.next();
  }
}

export async function readByCursor<Row>(
  read: (cursor: string | undefined) => Promise<{ items: Row[]; nextCursor: string | null }>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    rows.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}
