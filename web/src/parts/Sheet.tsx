// A dialog over the screen, named by its title or its label. For a moment after it has come it hears no pointer: the
// second tap of a double tap was meant for what stood there before.
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import classes from "./Sheet.module.css";

interface SheetProps {
  /** Shown above, with a cross that closes; without it `label` names the sheet. */
  readonly title?: ReactNode;
  readonly label?: string;
  readonly size?: number | string;
  /** Without it the sheet stays until it is taken away. */
  readonly onClose?: (this: void) => void;
  readonly children: ReactNode;
}

export function Sheet({ title, label, size = "lg", onClose, children }: SheetProps) {
  const t = useWords(shell);
  const stays = onClose === undefined;
  return (
    <Modal.Root
      opened
      centered
      size={size}
      radius="lg"
      padding="lg"
      closeOnEscape={!stays}
      closeOnClickOutside={!stays}
      onClose={onClose ?? (() => undefined)}
      transitionProps={{ duration: 80 }}
    >
      <Modal.Overlay backgroundOpacity={0.5} />
      <Modal.Content {...(label !== undefined && { "aria-label": label })}>
        {title !== undefined && (
          // Mantine's own is a <header>, which in a dialog is taken for a second banner of the page.
          <div className={classes["head"]}>
            <Modal.Title>{title}</Modal.Title>
            <Modal.CloseButton size="lg" aria-label={t("shell.close")} />
          </div>
        )}
        <Modal.Body className={title === undefined ? (classes["bare"] ?? "") : ""}>
          {children}
        </Modal.Body>
      </Modal.Content>
      <div className={classes["settling"]} aria-hidden />
    </Modal.Root>
  );
}
