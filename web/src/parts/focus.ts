// What takes the place of what was pressed gets the focus: whoever hears the screen, or has only keys, goes on there and
// not at the top of the page.

/** A ref: the focus goes to the element as soon as it is there. A heading needs `tabIndex={-1}` to take it. */
export const focusWhenShown = (element: HTMLElement | null): void => element?.focus();
