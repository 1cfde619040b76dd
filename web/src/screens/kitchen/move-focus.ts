// Arrow keys on the board: left and right go from ticket to ticket, up and down through the buttons of one. A ticket that
// leaves takes the focus along; the next arrow key brings it to the one that came into its place.

const MAIN = "button[data-main]";
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

/** Position of the ticket that a key was pressed on last. */
let last = 0;

export function moveFocus(event: KeyboardEvent): void {
  const target = targetOf(event);
  if (!target) return;
  event.preventDefault();
  target.focus();
}

function targetOf({ key }: KeyboardEvent): HTMLButtonElement | null | undefined {
  const from = document.activeElement;
  const tickets = [...document.querySelectorAll("main article")];
  if (from === document.body && ARROWS.includes(key)) {
    return tickets[Math.min(last, tickets.length - 1)]?.querySelector<HTMLButtonElement>(MAIN);
  }
  const ticket = from?.closest("article");
  if (!ticket || !(from instanceof HTMLButtonElement)) return undefined;
  last = tickets.indexOf(ticket);
  return key === "ArrowUp" || key === "ArrowDown"
    ? within(ticket, from, key === "ArrowDown" ? 1 : -1)
    : beside(tickets, last, key);
}

function within(ticket: Element, from: HTMLButtonElement, step: number) {
  const buttons = [...ticket.querySelectorAll("button")];
  return buttons[buttons.indexOf(from) + step];
}

function beside(tickets: readonly Element[], at: number, key: string) {
  const places: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    Home: 0,
    End: tickets.length - 1,
  };
  const place = places[key];
  return place === undefined ? undefined : tickets[place]?.querySelector<HTMLButtonElement>(MAIN);
}
