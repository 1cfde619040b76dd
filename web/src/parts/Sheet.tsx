// A dialog over the screen, named by its title or its label: the browser's own, which keeps the focus inside and all else
// out of reach. For a moment after it has come it hears no pointer: the second tap of a double tap was meant for what
// stood there before. So was a key that is still held down, which presses the button that has the focus again and again.
import { CloseButton } from "@mantine/core";
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type SyntheticEvent,
  useId,
  useLayoutEffect,
  useRef,
} from "react";
import { createPortal } from "react-dom";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import classes from "./Sheet.module.css";

interface SheetProps {
  /** Shown above, with a cross that closes; without it `label` names the sheet. */
  readonly title?: ReactNode;
  readonly label?: string;
  /** In pixels, where the screen has them. */
  readonly size?: number;
  /** One types in it: it fills a phone, and a tap beside it does not throw away what was typed. */
  readonly isForm?: boolean;
  /** Without it the sheet stays until it is taken away. */
  readonly onClose?: (this: void) => void;
  readonly children: ReactNode;
}

const ignoreHeld = (event: KeyboardEvent) => {
  if (event.repeat && event.key === "Enter" && event.target instanceof HTMLButtonElement)
    event.preventDefault();
};

export function Sheet(props: SheetProps) {
  const { title, label, size = 620, isForm = false, onClose, children } = props;
  const t = useWords(shell);
  const titleId = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the dialog is taken out of the page: one that is out of it gives the focus back to nothing.
  useLayoutEffect(() => {
    const { current } = dialog;
    if (!current) return undefined;
    current.showModal();
    const first = current.querySelector<HTMLElement>("[data-autofocus]");
    first?.focus();
    // Not the cross, where a browser would put it: Enter, meant for a button that cannot be pressed yet, would close it.
    if (!first?.matches(":focus")) current.focus();
    // Gives the focus back to where it was.
    return () => current.close();
  }, []);
  const close = (event: SyntheticEvent) => {
    event.preventDefault();
    onClose?.();
  };
  // Browsers let a second Escape through: what stays comes back.
  const closed = () => {
    if (dialog.current?.open) return;
    if (onClose) onClose();
    else dialog.current?.showModal();
  };
  // Who marks text and lets go beside the sheet has clicked on neither, which a browser tells as a click on both.
  const pressedOutside = useRef(false);
  const closeOutside = (event: MouseEvent) => {
    const outside = pressedOutside.current && event.target === event.currentTarget;
    if (outside && !isForm) onClose?.();
  };
  return createPortal(
    // The keyboard closes it by Escape, which is the dialog's own "cancel".
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <dialog
      ref={dialog}
      tabIndex={-1}
      className={classes["sheet"]}
      data-form={isForm || undefined}
      style={{ width: size }}
      aria-label={label}
      aria-labelledby={label === undefined ? titleId : undefined}
      onCancel={close}
      onClose={closed}
      onKeyDown={ignoreHeld}
      onPointerDown={({ target, currentTarget }) => {
        pressedOutside.current = target === currentTarget;
      }}
      onClick={closeOutside}
    >
      {title !== undefined && (
        <div className={classes["head"]}>
          <h2 id={titleId}>{title}</h2>
          <CloseButton size="lg" aria-label={t("shell.close")} onClick={onClose} />
        </div>
      )}
      <div className={classes["body"]}>{children}</div>
      <div className={classes["settling"]} aria-hidden />
    </dialog>,
    document.body,
  );
}
