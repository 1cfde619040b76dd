// The definitions are sound, and docs/sagas.md draws them as they are (vitest -u rewrites the drawing).
import { expect, it } from "vitest";
import { drawSaga, faultsOf } from "#platform/saga";
import { cancelOrderSaga } from "./cancel-order.saga.js";
import { placeOrderSaga } from "./place-order.saga.js";

const never = () => Promise.reject(new Error("not run here"));
const place = placeOrderSaga({
  reserve: never,
  release: never,
  charge: never,
  reverse: never,
  record: never,
});
const cancel = cancelOrderSaga({ cancel: never, refund: never, settle: never });

it("have no faults", () => {
  expect([...faultsOf(place), ...faultsOf(cancel)]).toEqual([]);
});

it("are drawn in docs/sagas.md", async () => {
  const drawings = [
    [place.name, drawSaga(place)],
    [cancel.name, drawSaga(cancel)],
  ].map(([name, drawing]) => `## ${name}\n\n\`\`\`mermaid\n${drawing}\n\`\`\`\n`);
  const page = `# Sagas\n\nGenerated from the definitions. A saga that is refused, or out of time before its pivot, is undone last step first.\n\n${drawings.join("\n")}`;
  await expect(page).toMatchFileSnapshot("../../../docs/sagas.md");
});
