// What a till loads before it can sell: every script, style and font of its first page, as it goes over the wire.
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
  readonly assets?: readonly string[];
}

/** A slow tablet on a busy Wi-Fi starts within a second or two. */
const LIMIT_BYTES = 300_000;
const ENTRIES = ["index.html", "src/screens/till/index.tsx"];
/** Loaded only where a text needs them: accented Latin. */
const RARELY = /latin-ext/;

export async function measureFirstLoad(folder: string) {
  const text = await readFile(join(folder, ".vite/manifest.json"), "utf8");
  const chunks = JSON.parse(text) as Record<string, Chunk>;
  const files = new Set<string>();
  const visit = (key: string) => {
    const chunk = chunks[key];
    if (!chunk) throw new Error(`The build has no ${key}`);
    if (files.has(chunk.file)) return;
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const entry of ENTRIES) visit(entry);
  const loaded = [...files].filter((file) => !RARELY.test(file));
  const sizes = await Promise.all(
    loaded.map(async (file) => {
      const plain = join(folder, file);
      const { size } = await stat(`${plain}.gz`).catch(() => stat(plain));
      return { file, bytes: size };
    }),
  );
  return {
    files: sizes,
    bytes: sizes.reduce((total, { bytes }) => total + bytes, 0),
    limit: LIMIT_BYTES,
  };
}
