// A group of choices while it is typed, and what of it is sent. Pure.
import { parseAmount, typedAmount } from "../../../words/money.js";
import { codeFrom, type NameDraft, nameDraft, nameOf } from "../parts/names.js";
import type { ModifierGroup } from "../settings.js";

export interface ChoiceDraft {
  /** Only for the screen. */
  readonly key: string;
  /** Undefined while it is new. Orders remember choices by it, so it stays when the name changes. */
  readonly code: string | undefined;
  readonly name: NameDraft;
  readonly price: string;
}
export interface GroupDraft {
  readonly name: NameDraft;
  readonly min: string;
  readonly max: string;
  readonly choices: readonly ChoiceDraft[];
}

export const groupDraft = (group: ModifierGroup | undefined, decimals: number): GroupDraft => ({
  name: nameDraft(group?.name),
  min: String(group?.min ?? 0),
  max: String(group?.max ?? 1),
  choices: (group?.modifiers ?? []).map(({ code, name, price }) => ({
    key: code,
    code,
    name: nameDraft(name),
    price: typedAmount(price, decimals),
  })),
});

/** `taken`: codes of the other groups. Undefined while an amount cannot be read. */
export function groupOf(
  draft: GroupDraft,
  code: string | undefined,
  taken: ReadonlySet<string>,
  decimals: number,
): ModifierGroup | undefined {
  const codes = new Set(draft.choices.flatMap((choice) => choice.code ?? []));
  const modifiers = [];
  for (const choice of draft.choices) {
    const price = parseAmount(choice.price, decimals);
    if (price === undefined) return undefined;
    const own = choice.code ?? codeFrom(choice.name.en, codes, "choice");
    codes.add(own);
    modifiers.push({ code: own, name: nameOf(choice.name), price });
  }
  return {
    code: code ?? codeFrom(draft.name.en, taken, "group"),
    name: nameOf(draft.name),
    min: Number(draft.min),
    max: Number(draft.max),
    modifiers,
  };
}
