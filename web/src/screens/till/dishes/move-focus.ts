// Arrow keys move over a grid of buttons by where they stand on the screen, however many fit beside each other.

const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

export function moveFocus(event: KeyboardEvent, grid: HTMLElement | null): void {
  const from = document.activeElement;
  if (!grid || !KEYS.includes(event.key) || !(from instanceof HTMLButtonElement)) return;
  const buttons = [...grid.querySelectorAll("button")];
  const at = buttons.indexOf(from);
  if (at === -1) return;
  event.preventDefault();
  const next = nextIndex(event.key, at, buttons);
  buttons[next]?.focus();
}

function nextIndex(key: string, at: number, buttons: readonly HTMLButtonElement[]): number {
  if (key === "ArrowLeft") return Math.max(0, at - 1);
  if (key === "ArrowRight") return Math.min(buttons.length - 1, at + 1);
  const here = buttons[at]?.getBoundingClientRect();
  if (!here) return at;
  const down = key === "ArrowDown";
  const row = buttons
    .map((button, index) => ({ index, box: button.getBoundingClientRect() }))
    .filter(({ box }) => (down ? box.top > here.top + 1 : box.top < here.top - 1));
  const edge = down
    ? Math.min(...row.map(({ box }) => box.top))
    : Math.max(...row.map(({ box }) => box.top));
  const [nearest] = row
    .filter(({ box }) => Math.abs(box.top - edge) < 2)
    .toSorted((a, b) => Math.abs(a.box.left - here.left) - Math.abs(b.box.left - here.left));
  return nearest?.index ?? at;
}
