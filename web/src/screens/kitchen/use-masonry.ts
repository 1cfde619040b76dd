// Measures the tickets of a board and puts them into place, before they are painted.
import { type RefObject, useLayoutEffect } from "react";
import { columnsIn, placeInColumns } from "./masonry.js";

const LEAST_WIDTH = 268;
const GAP = 14;

function arrange(board: HTMLElement): void {
  const columns = columnsIn(board.clientWidth, LEAST_WIDTH, GAP);
  const width = (board.clientWidth - GAP * (columns - 1)) / columns;
  board.style.setProperty("--ticket-width", `${width}px`);
  const tickets = [...board.children] as HTMLElement[];
  const heights = tickets.map(({ offsetHeight }) => offsetHeight);
  const { places, height } = placeInColumns(heights, columns, GAP);
  for (const [index, ticket] of tickets.entries()) {
    const { column, y } = places[index] ?? { column: 0, y: 0 };
    ticket.style.transform = `translate(${column * (width + GAP)}px, ${y}px)`;
  }
  board.style.height = `${height}px`;
}

/** `content` is what the board shows: it is arranged again when that changes, or a ticket grows. */
export function useMasonry(board: RefObject<HTMLElement | null>, content: unknown): void {
  useLayoutEffect(() => {
    const { current } = board;
    if (!current) return undefined;
    arrange(current);
    const observer = new ResizeObserver(() => arrange(current));
    observer.observe(current);
    for (const ticket of current.children) observer.observe(ticket);
    return () => observer.disconnect();
  }, [board, content]);
}
