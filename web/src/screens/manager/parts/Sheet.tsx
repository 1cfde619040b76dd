// A dialog of the back office.
import type { ReactNode } from "react";
import { Sheet as SharedSheet } from "../../../parts/Sheet.js";

interface SheetProps {
  readonly title: ReactNode;
  readonly size?: number;
  readonly children: ReactNode;
  onClose(this: void): void;
}

export function Sheet({ size = 640, ...sheet }: SheetProps) {
  return <SharedSheet {...sheet} size={size} isForm />;
}
