// Which of the two languages this device speaks, and how it writes numbers, money and times.
import { createSetting, useSetting } from "../parts/setting.js";

export type Language = "en" | "my";
export interface Localized {
  readonly en: string;
  readonly my?: string | undefined;
}

const preferred = (): Language =>
  navigator.languages.some((tag) => tag.startsWith("my")) ? "my" : "en";

export const language = createSetting<Language>("language", (stored) =>
  stored === "en" || stored === "my" ? stored : preferred(),
);

const announce = () => {
  document.documentElement.lang = language.get();
};
announce();
language.subscribe(announce);

export const useLanguage = (): Language => useSetting(language);

const burmese = ({ my }: Localized) => (my?.trim() === "" ? undefined : my);

/** English is always there; Burmese may be missing or blank, and then English is shown. */
export const pick = (text: Localized, wanted: Language): string =>
  wanted === "my" ? (burmese(text) ?? text.en) : text.en;

/** The name in the other script, where there is one. */
export const other = (text: Localized, wanted: Language): string | undefined =>
  wanted === "my" && burmese(text) !== undefined ? text.en : burmese(text);
