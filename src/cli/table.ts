// Tables for the terminal: columns as wide as their widest cell, numbers to the right.

export function renderTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : cell)),
  );
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const toRight = headings.map((_heading, column) =>
    rows.every((row) => typeof row[column] === "number"),
  );
  const render = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return toRight[column] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [
    render(headings),
    render(widths.map((width) => "─".repeat(width))),
    ...cells.map(render),
  ].join("\n");
}
