// `let`: its values are expressions, and what they come to is what `$$name` stands for.
import type { Document } from "../codec.js";
import { aggregate } from "../semantics/index.js";

export function evaluateVariables(spec: Document, document: Document, now: Date): Document {
  const [values = {}] = aggregate([{ $replaceWith: spec }], {
    docs: [document],
    lookup: () => [],
    now,
  });
  return values;
}
