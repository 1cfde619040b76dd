// The page that a receipt is printed on: 80 mm wide and as long as the receipt, so that a printer cuts right below it.
import { type RefObject, useEffect } from "react";

const MM_PER_PX = 25.4 / 96;
/** What the paper's padding and a line that breaks differently may add. */
const SPARE_MM = 8;

const page = new CSSStyleSheet();
document.adoptedStyleSheets.push(page);

/** Fits the page each time that something is printed while this receipt is shown. */
export function usePaper(receipt: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const fit = () => {
      const length = Math.ceil((receipt.current?.offsetHeight ?? 0) * MM_PER_PX) + SPARE_MM;
      page.replaceSync(`@page { size: 80mm ${length}mm; margin: 0 }`);
    };
    window.addEventListener("beforeprint", fit);
    return () => {
      window.removeEventListener("beforeprint", fit);
      page.replaceSync("");
    };
  }, [receipt]);
}
