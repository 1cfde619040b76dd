// Tells an order's whole story: npm run trace -- <orderId> [--json].
import type { Story } from "../system/story/contract.js";
import { readArguments } from "./arguments.js";
import { renderStory } from "./story-view.js";
import { withServer } from "./with-server.js";

const USAGE = "npm run trace -- <orderId> [--json]";

const { values, positionals } = readArguments(
  { options: { json: { type: "boolean", default: false } }, allowPositionals: true },
  USAGE,
);
const [orderId, ...more] = positionals;

if (orderId === undefined || more.length > 0) {
  console.error(`Name one order: ${USAGE}`);
  process.exit(2);
}
await withServer(async (api) => {
  const path = `/api/system/orders/${encodeURIComponent(orderId)}/story`;
  const story = await api.call<Story>("GET", path);
  console.log(values.json ? JSON.stringify(story, null, 2) : renderStory(story));
});
