// Text that people read, in the two languages of the screens.
import { z } from "zod";

// Postgres cannot store U+0000; the other control and direction-override characters only mislead a reader.
const FORBIDDEN = /(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u;

// Half of a pair, such as of a name that was cut by code units: neither UTF-8 nor Postgres can hold it.
const HALF = /\p{Surrogate}/u;

/** Unicode in NFC, without control or direction-override characters. NFC makes some texts longer, so it comes first: what
 *  is kept is at most as long as this allows, and passes again when it is read. */
export const text = (maxLength: number) =>
  z
    .string()
    .normalize("NFC")
    .max(maxLength)
    .refine(
      (value) => !FORBIDDEN.test(value),
      "Text must not hold control or direction-override characters",
    )
    .refine((value) => !HALF.test(value), "Text must not hold half of a character");

// Blanks, joiners, fillers and what else leaves no mark: U+2800 is a Braille cell without a dot.
const UNSEEN = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800]/gu;

/** Whether a reader sees anything of it. For what somebody writes now: what was kept before is read as it is. */
export const canBeSeen = (value: string): boolean => value.replaceAll(UNSEEN, "") !== "";

/** Somebody else's words as a jsonb can hold them, cut to at most `maxLength`: PostgreSQL stores neither U+0000 nor half of
 *  a character, such as of one that was cut, and what cannot be stored must not stop the storing. */
export const storable = (words: string, maxLength: number): string =>
  words.slice(0, maxLength).replaceAll(/\0|\p{Surrogate}/gu, "\uFFFD");

/** English is required; Burmese may be missing, and then screens show English. */
export const LocalizedText = z.strictObject({
  en: text(120).refine((value) => value.trim() !== "", "A name must not be empty"),
  my: text(120).optional(),
});
export type LocalizedText = z.infer<typeof LocalizedText>;
