// Prints the modules as they are: stores, rows, rights, calls, events, pools and boundaries. With --explain <from> <to>
// it says why one may or may not reach the other, without a server.
import { manifest } from "#modules/manifest";
import type { SystemPicture } from "../system/modules-contract.js";
import { readArguments } from "./arguments.js";
import { explain } from "./module-map.js";
import { renderPicture } from "./modules-view.js";
import { withServer } from "./with-server.js";

const { values, positionals } = readArguments(
  { options: { explain: { type: "boolean", default: false } }, allowPositionals: true },
  "npm run modules [-- --explain <from> <to>]",
);

if (values.explain) {
  const [from, to] = positionals;
  if (from === undefined || to === undefined || positionals.length > 2) {
    console.error("Name two modules: npm run modules -- --explain orders inventory.");
    process.exit(2);
  }
  const answer = explain(manifest, from, to).join("\n");
  if (!(from in manifest && to in manifest)) {
    console.error(answer);
    process.exit(2);
  }
  console.log(answer);
} else {
  await withServer(async (api) => {
    console.log(renderPicture(await api.call<SystemPicture>("GET", "/api/system/modules")));
  });
}
