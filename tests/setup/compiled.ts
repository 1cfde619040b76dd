// A program as it is, in one piece, for tests that start it again and again. Read from its sources, most of a start is
// spent on reading: more than a thousand files, each through tsx. Only the screens of a server are left out.
import { symlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "vite";

const ROOT = resolve(import.meta.dirname, "../..");
const SCREENS = join(ROOT, "src/web/prepare.ts");

/** Every file still finds what lies beside its source. */
const inPlace: Plugin = {
  name: "in-place",
  enforce: "pre",
  load: (id) =>
    id === SCREENS ? "export const prepareScreens = () => Promise.resolve({});" : undefined,
  transform: (code, id) =>
    code
      .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(id).href))
      .replaceAll("import.meta.dirname", JSON.stringify(dirname(id))),
};

/** Writes `<name>.mjs` into the folder for each of the programs. They share what they have in common. */
export async function compile(
  folder: string,
  programs: Readonly<Record<string, string>>,
): Promise<void> {
  await build({
    configFile: false,
    root: ROOT,
    logLevel: "warn",
    plugins: [inPlace],
    build: {
      ssr: true,
      target: "node20",
      outDir: folder,
      emptyOutDir: false,
      copyPublicDir: false,
      rollupOptions: {
        input: { ...programs },
        output: { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
      },
    },
  });
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
}

/** `main.mjs`, and `armed.mjs`, to be loaded before it. */
export const compileServer = (folder: string): Promise<void> =>
  compile(folder, {
    main: join(ROOT, "src/main.ts"),
    armed: join(ROOT, "tests/crash/armed.ts"),
  });
