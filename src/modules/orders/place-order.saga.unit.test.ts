// The definition is sound, and docs/sagas.md draws it as it is (vitest -u rewrites the drawing).
import { expect, it } from "vitest";
import { drawSaga, faultsOf } from "#platform/saga";
import { placeOrderSaga } from "./place-order.saga.js";

const never = () => Promise.reject(new Error("not run here"));
const saga = placeOrderSaga({
  reserve: never,
  release: never,
  charge: never,
  reverse: never,
  record: never,
});

it("has no faults", () => {
  expect(faultsOf(saga)).toEqual([]);
});

it("is drawn in docs/sagas.md", async () => {
  const page = `# Sagas\n\nGenerated from the definitions. A saga that is refused, or out of time before its pivot, is undone last step first.\n\n## ${saga.name}\n\n\`\`\`mermaid\n${drawSaga(saga)}\n\`\`\`\n`;
  await expect(page).toMatchFileSnapshot("../../../docs/sagas.md");
});
