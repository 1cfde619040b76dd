// For long tests: one process of several that share an outbox and an inbox, to be killed or stopped. Started by them,
// compiled, as `node member.mjs postgres|mongo <url> [database]`; it says when it relays, and when no longer.
import { joinMongoWorld } from "./mongo/testing.js";
import { joinPostgresWorld } from "./postgres/testing.js";
import { recorder, startProcess, type World } from "./testing.js";

const [kind, url = "", name = ""] = process.argv.slice(2);

function run<Tx>(world: World<Tx>): void {
  const { outbox } = startProcess(world, [recorder(world, "shop.a"), recorder(world, "shop.b")], {
    timing: { claimEveryMs: 300, suspectAfterMs: 600, stuckAfterMs: 5_000 },
  });
  let said = false;
  setInterval(() => {
    const relaying = outbox.isRelaying();
    if (relaying !== said) console.log(relaying ? "relaying" : "standing by");
    said = relaying;
  }, 10);
}

if (kind === "mongo") run(await joinMongoWorld(url, name));
else run(await joinPostgresWorld(url));
