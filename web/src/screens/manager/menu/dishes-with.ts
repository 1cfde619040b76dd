// How many dishes come with a group of choices. Pure.
import type { Settings } from "../settings.js";

export const dishesWith = ({ categories }: Settings, code: string): number =>
  categories
    .flatMap(({ items }) => items)
    .filter(({ modifierGroups }) => modifierGroups.includes(code)).length;
