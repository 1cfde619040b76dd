// How a store whose files cannot be trusted is refused: in one sentence, with what to do.
export const damaged = (what: string): Error =>
  new Error(`The document store is damaged: ${what}; restore the last backup of the data folder.`);

export const unwritable = (message: string): Error =>
  new Error(
    `The document store cannot write to its disk (${message}): free some space or mend the disk, then start again.`,
  );
