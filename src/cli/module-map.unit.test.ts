import { describe, expect, it } from "vitest";
import { explain, findFaults, readFacts, renderDocument, renderTable } from "./module-map.js";
import { addToApp, addToManifest } from "./wiring.js";

const manifest = {
  orders: { store: "postgres", calls: ["stock"], hears: ["stock"] },
  stock: { store: "mongodb", calls: [], hears: ["orders"] },
} as const;
const facts = {
  orders: { purpose: "Takes orders.", publishes: ["orders.order-placed.v1"] },
  stock: { purpose: "Counts.", publishes: [] },
};

describe("The map of the modules", () => {
  it("shows calls as solid arrows and events as dotted ones", () => {
    const text = renderDocument(manifest, facts);
    expect(text).toContain("  orders --> stock\n");
    expect(text).toContain("  orders -. events .-> stock\n");
    expect(text).toMatch(/\| `orders\.order-placed\.v1` +\| orders +\| stock +\|/);
  });

  it("is a table as Prettier aligns it, with links from where it stands", () => {
    const lines = renderTable(manifest, facts, "../").split("\n");
    expect(lines[2]).toMatch(
      /^\| \[`orders`\]\(\.\.\/src\/modules\/orders\/README\.md\) \| Takes orders\. \|/,
    );
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });

  it("takes a module's purpose from its README and its events from its events.ts", () => {
    const readme = "# orders\n\nTakes orders,\nand keeps them.\n\n**Owns** much.\n";
    const events =
      'export const A = defineEvent("orders.a.v1", {});\ndefineEvent(\n  "orders.b.v2",\n  {});';
    expect(readFacts(readme, events)).toEqual({
      purpose: "Takes orders, and keeps them.",
      publishes: ["orders.a.v1", "orders.b.v2"],
    });
  });
});

describe("The manifest and the folders", () => {
  it("agree, or each difference is told in a sentence", () => {
    expect(findFaults(manifest, ["orders", "stock"])).toEqual([]);
    expect(findFaults(manifest, ["orders", "loose"])).toEqual([
      expect.stringContaining("src/modules/loose has no entry in manifest.ts"),
      expect.stringContaining("manifest.ts names stock, which has no folder"),
    ]);
  });

  it("grant nothing that leads nowhere, and no circle of calls", () => {
    const odd = {
      a: { store: "postgres", calls: ["b"], hears: ["gone"] },
      b: { store: "postgres", calls: ["a"], hears: [] },
    } as const;
    expect(findFaults(odd, ["a", "b"])).toEqual([
      expect.stringContaining("lets a call or hear gone"),
      expect.stringContaining("lets a call itself by way of others"),
      expect.stringContaining("lets b call itself by way of others"),
    ]);
  });
});

describe("The explanation why one may or may not reach another", () => {
  it("says what is granted, what could be, and what never will be", () => {
    expect(explain(manifest, "orders", "stock")).toEqual([
      expect.stringMatching(/^✓ orders may call stock/),
      expect.stringMatching(/^✓ orders may hear stock/),
      expect.stringMatching(/^✗ orders may never read the data of stock itself/),
    ]);
    expect(explain(manifest, "stock", "orders")[0]).toContain("would be a circle");
    expect(explain(manifest, "stock", "gone")).toEqual([
      "There is no module gone. There are: orders, stock.",
    ]);
  });
});

describe("The wiring of a new module", () => {
  it("puts its lines where the others have theirs", () => {
    const entries =
      "export const manifest = {\n  a: {},\n} as const satisfies Record<string, X>;\n";
    expect(addToManifest(entries, "loyalty", "postgres")).toContain(
      '  a: {},\n  loyalty: { store: "postgres", calls: [], hears: [] },\n} as const',
    );
    const app =
      'import { manifest } from "#modules/manifest";\n  const system = createSystem({\n      system: system.router,\n';
    const wired = addToApp(app, "loyalty", "mongodb");
    expect(wired).toContain('connection: await documents.connect("loyalty")');
    expect(wired).toContain("      loyalty: loyalty.router,\n      system: system.router,");
  });

  it("gives up where the files have another shape, rather than to guess", () => {
    expect(addToManifest("export default {}", "loyalty", "postgres")).toBeUndefined();
    expect(addToApp("export {}", "loyalty", "postgres")).toBeUndefined();
  });
});
