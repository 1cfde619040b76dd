// Puts a new module's lines where the others have theirs. Answers undefined where the text has another shape.
import type { Store } from "./module-templates.js";

const before = (text: string, anchor: RegExp, lines: string): string | undefined =>
  anchor.test(text) ? text.replace(anchor, (found) => `${lines}${found}`) : undefined;

export function addToManifest(text: string, name: string, store: Store): string | undefined {
  return before(
    text,
    /^\} as const satisfies/m,
    `  ${name}: { store: "${store}", calls: [], hears: [] },\n`,
  );
}

/** Import, making and router. */
export function addToApp(text: string, name: string, store: Store): string | undefined {
  const Name = name.charAt(0).toUpperCase() + name.slice(1);
  const [imports, made] =
    store === "postgres"
      ? [
          `import { create${Name}, type ${Name}Tables } from "#modules/${name}";\n`,
          `  const ${name} = grants.register(create${Name}({ database: postgres.connect<${Name}Tables>("${name}"), clock }));\n\n`,
        ]
      : [
          `import { create${Name} } from "#modules/${name}";\n`,
          `  const ${name} = grants.register(create${Name}({ connection: await documents.connect("${name}"), clock }));\n\n`,
        ];
  const imported = before(text, /^import [^;]* from "#modules\/manifest";$/m, imports);
  const created = imported && before(imported, /^ {2}const system = createSystem\(/m, made);
  return (
    created && before(created, /^ {6}system: system\.router,$/m, `      ${name}: ${name}.router,\n`)
  );
}
