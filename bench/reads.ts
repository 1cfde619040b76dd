// The menu (prices and what is left), as every till reads it, against a bare Express handler that sends the same bytes;
// and the answer 304 to a till that has it already, against a bare handler that compares the tag. Sides alternate.
// Run: node --import tsx bench/reads.ts [seconds a turn] [turns]
import express from "express";
import { ratios, showSpread, spread } from "./kit/figures.js";
import { closedLoop, createClient } from "./kit/load.js";
import { announce, report } from "./kit/report.js";
import { withBench } from "./kit/server.js";
import { startTiffin } from "./kit/tiffin.js";

const SECONDS = Number(process.argv[2] ?? 3);
const TURNS = Number(process.argv[3] ?? 5);
const TILLS = 16;

if (process.env["BARE"] === undefined) await measure();
else serveBare(JSON.parse(process.env["BARE"]) as { body: string; etag: string });

/** In a process of its own, like Tiffin. */
function serveBare({ body, etag }: { body: string; etag: string }): void {
  const bytes = Buffer.from(body);
  const app = express();
  app.disable("x-powered-by");
  app.get("/api/menu", (request, response) => {
    response.set({ etag, "cache-control": "private, no-cache" });
    if (request.headers["if-none-match"] === etag) return void response.status(304).end();
    response.type("application/json").send(bytes);
  });
  const server = app.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (address && typeof address === "object")
      console.log(`listening on http://127.0.0.1:${address.port} `);
  });
  process.on("SIGTERM", () => process.exit(0));
}

async function measure(): Promise<void> {
  announce("reads");
  await withBench(async (bench) => {
    const tiffin = await startTiffin(bench);
    // The menu tells what is left: it must stay the same from now on.
    await tiffin.quiet();
    const { text: body, etag = "" } = await tiffin.manager.send({
      method: "GET",
      path: "/api/menu",
    });
    const { output } = await bench.start(
      "bench/reads.ts",
      { BARE: JSON.stringify({ body, etag }) },
      "listening on ",
    );
    const bareUrl = /listening on (\S+) /.exec(output)?.[1] ?? "";
    const rows: Record<string, unknown>[] = [];
    for (const [what, headers, expected] of [
      [`menu, ${Buffer.byteLength(body)} bytes`, {}, 200],
      ["menu, 304 by ETag", { "if-none-match": etag }, 304],
    ] as const) {
      const turn = async (url: string) => {
        const client = createClient(url, tiffin.token, TILLS);
        const { count, seconds } = await closedLoop(TILLS, SECONDS, async () => {
          const { status } = await client.send({ method: "GET", path: "/api/menu", headers });
          if (status !== expected) throw new Error(`Answered ${status}, not ${expected}`);
        });
        client.close();
        return count / seconds;
      };
      await turn(tiffin.url);
      await turn(bareUrl);
      const ours: number[] = [];
      const bare: number[] = [];
      for (let n = 0; n < TURNS; n++) {
        ours.push(await turn(tiffin.url));
        bare.push(await turn(bareUrl));
      }
      rows.push({
        what,
        "ours/s": showSpread(spread(ours)),
        "bare/s": showSpread(spread(bare)),
        ratio: showSpread(ratios(ours, bare)),
      });
    }
    report("reads", rows);
    console.log("Goals: at least 0.8 of the bare handler, and 0.9 of it for 304.");
  });
}
