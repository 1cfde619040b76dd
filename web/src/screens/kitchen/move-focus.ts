// Arrow keys on the board: left and right go from ticket to ticket, up and down through the buttons of one.

const MAIN = "button[data-main]";

export function moveFocus(event: KeyboardEvent): void {
  const from = document.activeElement;
  const ticket = from?.closest("article");
  const board = ticket?.parentElement;
  if (!board || !ticket || !(from instanceof HTMLButtonElement)) return;
  const target =
    event.key === "ArrowUp" || event.key === "ArrowDown"
      ? within(ticket, from, event.key === "ArrowDown" ? 1 : -1)
      : beside(board, ticket, event.key);
  if (!target) return;
  event.preventDefault();
  target.focus();
}

function within(ticket: Element, from: HTMLButtonElement, step: number) {
  const buttons = [...ticket.querySelectorAll("button")];
  return buttons[buttons.indexOf(from) + step];
}

function beside(board: HTMLElement, ticket: Element, key: string) {
  const tickets = [...board.querySelectorAll("article")];
  const at = tickets.findIndex((one) => one === ticket);
  const places: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    Home: 0,
    End: tickets.length - 1,
  };
  const place = places[key];
  return place === undefined ? undefined : tickets[place]?.querySelector<HTMLButtonElement>(MAIN);
}
