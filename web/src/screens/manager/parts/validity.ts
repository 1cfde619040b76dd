// A field that cannot be read keeps its form from being sent, by the browser's own means.
import { useEffect, useRef } from "react";

/** Give the answer to the field as its `ref`: the browser then goes to the field instead of sending. */
export function useValidity(fault: string | undefined) {
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => field.current?.setCustomValidity(fault ?? ""), [fault]);
  return field;
}
