// Why a start cannot go on, for the person at the terminal: printed as it is, without a stack.

/** The message is one sentence with the cause and the remedy. */
export class StartError extends Error {
  override name = "StartError";
}
