// While something is loaded. Shown a moment late, so that what is quick does not flicker.
import { Loader } from "@mantine/core";
import { shell } from "../words/shell.js";
import { useWords } from "../words/words.js";
import classes from "./Waiting.module.css";

/** `why` it takes so long, where that is known. */
export function Waiting({ why }: { readonly why?: string }) {
  const t = useWords(shell);
  return (
    <div className={classes["waiting"]} role="status">
      <Loader size="md" />
      <span>{why ?? t("shell.connecting")}</span>
    </div>
  );
}
