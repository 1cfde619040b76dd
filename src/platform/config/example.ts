// Writes .env.example from the table of settings. Pure; a test keeps the file equal to it.
import { type Setting, settings } from "./settings.js";

const HEAD = `# Settings of Tiffin. Copy this file to .env and change what you need; the environment wins over the file.
# Every line that is commented out shows the default, or an empty value where there is none.
`;

const WIDTH = 96;

export function renderExample(): string {
  const entries = Object.entries<Setting>(settings).map(([name, entry]) => {
    const comment = wrap(`${entry.description} (${entry.unit})`).map((line) => `# ${line}`);
    return [...comment, `#${name}=${entry.default ?? ""}`].join("\n");
  });
  return `${[HEAD, ...entries].join("\n\n").replace("\n\n\n", "\n\n")}\n`;
}

function wrap(text: string): string[] {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line !== "" && line.length + word.length >= WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}
