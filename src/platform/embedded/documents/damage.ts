// How a store whose files cannot be trusted is refused: in one sentence, with what to do.
export const damaged = (what: string): Error =>
  new Error(`The document store is damaged: ${what}; restore the last backup of the data folder.`);
