// A name in two languages while it is typed, and a code made of it. Pure.
import type { Localized } from "../../../words/language.js";

export interface NameDraft {
  readonly en: string;
  readonly my: string;
}

export const nameDraft = (name?: Localized): NameDraft => ({
  en: name?.en ?? "",
  my: name?.my ?? "",
});

export function nameOf({ en, my }: NameDraft): { en: string; my?: string } {
  const burmese = my.trim();
  return { en: en.trim(), ...(burmese !== "" && { my: burmese }) };
}

const MAX_CODE = 60;

/** "Hot drinks" → `hot-drinks`, and `hot-drinks-2` where that is taken. */
export function codeFrom(name: string, taken: ReadonlySet<string>, fallback: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_CODE - 4)
    .replaceAll(/^-+|-+$/g, "");
  const base = plain === "" ? fallback : plain;
  let code = base;
  for (let count = 2; taken.has(code); count++) code = `${base}-${count}`;
  return code;
}
