// The page of all sagas: for each its steps, what undoes them, and a diagram. Pure.
import { drawSaga, type SagaDefinition } from "#platform/saga";

export interface DrawnSaga {
  readonly definition: SagaDefinition<unknown, Record<string, unknown>>;
  readonly file: string;
}

const HEAD = `# Sagas

Generated from the definitions by \`npm run docs:sagas\`.

A saga that is refused, or out of time before its pivot, is undone last step first. From the pivot on it only goes forward. Where it cannot go on by itself it waits in \`needs-attention\` for a person: \`npm run sagas -- list --status needs-attention\`, then \`resume\` or \`abandon\`. A step past the pivot that is answered and still fails half an hour after the saga's start waits there, too: a gateway may have lost what it was asked. A saga of a version that no process knows waits there too, once nobody took it on for five minutes: while an update runs both versions, the newer one has that long.
`;

export const renderSagas = (sagas: readonly DrawnSaga[]): string =>
  [HEAD, ...sagas.map(renderSaga)].join("\n");

function renderSaga({ definition, file }: DrawnSaga): string {
  const { name, steps, deadlineMs } = definition;
  const seconds = (ms: number) => `${ms / 1000} s`;
  const pivot = steps.findIndex((step) => step.pivot);
  const lines = steps.map(({ timeoutMs, undo }, index) => {
    const traits = [
      `${seconds(timeoutMs)} for one attempt`,
      ...(undo ? ["can be undone"] : []),
      ...(index === pivot ? ["the pivot"] : []),
      ...(index > pivot ? ["tried until it succeeds"] : []),
    ];
    return `${index + 1}. \`${steps[index]?.name ?? ""}\`: ${traits.join(", ")}`;
  });
  return `## ${name}

Defined in \`${file}\`. It has ${seconds(deadlineMs)} to reach its pivot.

${lines.join("\n")}

\`\`\`mermaid
${drawSaga(definition)}
\`\`\`
`;
}
