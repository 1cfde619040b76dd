// Measures the tickets of a board and puts them into place before they are painted, for as long as the board stands.
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
    // From its second place on it slides there, so that eyes can follow.
    if (ticket.dataset["placed"] === undefined)
      requestAnimationFrame(() => (ticket.dataset["placed"] = ""));
  }
  board.style.height = `${height}px`;
}

/** A ref of the board; the answer ends it. */
export function keepArranged(board: HTMLElement | null): (() => void) | undefined {
  if (!board) return undefined;
  const sizes = new ResizeObserver(() => arrange(board));
  const watch = () => {
    sizes.disconnect();
    sizes.observe(board);
    for (const ticket of board.children) sizes.observe(ticket);
    arrange(board);
  };
  const tickets = new MutationObserver(watch);
  tickets.observe(board, { childList: true });
  watch();
  return () => {
    sizes.disconnect();
    tickets.disconnect();
  };
}
