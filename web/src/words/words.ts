// Every text of the screens stands in a dictionary, in both languages side by side; a screen brings its own along.
// `{name}` in a text is a slot, and the type of `t` asks for it.
import { useMemo } from "react";
import { type Language, useLanguage } from "./language.js";

interface Entry {
  readonly en: string;
  readonly my: string;
}
export type Dictionary = Readonly<Record<string, Entry>>;

type SlotsOf<Text extends string> = Text extends `${string}{${infer Slot}}${infer Rest}`
  ? Slot | SlotsOf<Rest>
  : never;
type Values<Text extends string> = [SlotsOf<Text>] extends [never]
  ? []
  : [values: Readonly<Record<SlotsOf<Text>, string | number>>];

export type Translate<Words extends Dictionary> = <Key extends keyof Words>(
  key: Key,
  ...values: Values<Words[Key]["en"]>
) => string;

/** Keeps the texts as types, so that `t` knows their slots. */
export const defineWords = <const Words extends Dictionary>(words: Words): Words => words;

export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (slot, name: string) => String(values[name] ?? slot));

export const translate =
  <Words extends Dictionary>(words: Words, language: Language): Translate<Words> =>
  (key, ...[values]) => {
    const text = words[key]?.[language] ?? String(key);
    return values ? fill(text, values) : text;
  };

export function useWords<Words extends Dictionary>(words: Words): Translate<Words> {
  const language = useLanguage();
  return useMemo(() => translate(words, language), [words, language]);
}
