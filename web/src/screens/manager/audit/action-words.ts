// Actions of the audit log in words.
import { useWords } from "../../../words/words.js";
import { isKnown } from "./actions.js";
import { audit } from "./words.js";

export function useActionWords() {
  const t = useWords(audit);
  return (action: string) => (isKnown(action) ? t(`audit.do.${action}`) : action);
}
