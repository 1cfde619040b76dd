// Every command there is. What is not here does not exist (59); README.md lists the same names.
import { aggregateCommands } from "./aggregate.js";
import { collectionCommands } from "./collections.js";
import type { Command } from "./command.js";
import { indexCommands } from "./indexes.js";
import { readCommands } from "./read.js";
import { serverCommands } from "./server.js";
import { writeCommands } from "./write.js";

const COMMANDS: Readonly<Record<string, Command>> = {
  ...readCommands,
  ...writeCommands,
  ...aggregateCommands,
  ...indexCommands,
  ...collectionCommands,
  ...serverCommands,
};

/** Old spellings that drivers and shells still use. */
const ALIASES: Readonly<Record<string, string>> = {
  findandmodify: "findAndModify",
  buildinfo: "buildInfo",
  collstats: "collStats",
  dbstats: "dbStats",
  deleteIndexes: "dropIndexes",
};

export const commands = new Map<string, Command>(Object.entries(COMMANDS));
for (const [alias, name] of Object.entries(ALIASES)) {
  const command = commands.get(name);
  if (command) commands.set(alias, command);
}
