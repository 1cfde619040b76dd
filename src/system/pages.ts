// Reads long lists to their end, page by page.

/** Of rows in the order of an id, which `idOf` finds in a row; `read` answers with what comes after it, at most `size`. */
export async function readById<Row>(
  read: (after: string | undefined) => Promise<Row[]>,
  idOf: (row: Row) => string,
  size: number,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const last = rows.at(-1);
    const page = await read(last && idOf(last));
    rows.push(...page);
    if (page.length < size) return rows;
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
